// SPDX-License-Identifier: Apache-2.0
import { type Field, parseFields, port, text, whole } from "@countersign/daemon/config";
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";

/** What govern is told. It has no key to be told of. */
export interface Config {
  readonly port: number;
  /** A file of SQLite, or the URL of PostgreSQL: `postgres://...`. */
  readonly database: string;
  /** Where the repository is read from: a directory, or a URL. One of the two. */
  readonly store: string | undefined;
  readonly storeUrl: string | undefined;
  /** The root file to start from: `1.root.json`. */
  readonly anchor: string;
  /** URL of the ledger. */
  readonly ledger: string;
  readonly pollMilliseconds: number;
  /** How long channel files are asked to be valid. */
  readonly channelDays: number;
}

export function parseConfig(json: unknown): Outcome<Config> {
  const config = parseFields<Config>(json, {
    port,
    database: text,
    store: optional(text),
    storeUrl: optional(text),
    anchor: text,
    ledger: text,
    pollMilliseconds: whole(10, 3_600_000),
    channelDays: whole(1, 3650),
  });
  if (config.ok && (config.value.store === undefined) === (config.value.storeUrl === undefined))
    return refuse("config-malformed", "either store or storeUrl", "both or neither", "correct the configuration file");
  return config;
}

function optional<T>(field: Field<T>): Field<T | undefined> {
  return (value) => (value === undefined ? accept(undefined) : field(value));
}
