// SPDX-License-Identifier: Apache-2.0
import { type KeyPlace, parsePlace } from "@countersign/custody/place";
import { type Field, list, parseFields, port, text, whole } from "@countersign/daemon/config";
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";

/** What govern is told. */
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
  /** The key that signs grants, of P-256, and nothing else. */
  readonly tokenKey: KeyPlace;
  /** The name under which pins and grants know this govern; the same for every process of it. */
  readonly issuer: string;
  /** The URL at which it is asked, where that is not the one at which it listens. */
  readonly url: string | undefined;
  /** Servers that take its grants besides itself, by the names under which they know themselves. */
  readonly audiences: readonly string[];
  /** Where the discovery documents of some issuers of subject tokens are fetched from instead. */
  readonly issuers: Readonly<Record<string, string>>;
  /** How long a window may be at most; 24 hours unless told. */
  readonly windowSeconds: number;
  /** For how many releases; 8 unless told. */
  readonly windowReleases: number;
  /** How many grants an identity may get in 24 hours; 200 unless told. */
  readonly grantsPerDay: number;
  /** How long a window that one person calls for alone waits before it opens, for anybody to stop it; an hour unless told. */
  readonly breakGlassSeconds: number;
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
    tokenKey: parsePlace,
    issuer: text,
    url: optional(text),
    audiences: unless([], list(text)),
    issuers: unless({}, texts),
    windowSeconds: unless(86_400, whole(1, 30 * 86_400)),
    windowReleases: unless(8, whole(1, 1000)),
    grantsPerDay: unless(200, whole(1, 100_000)),
    breakGlassSeconds: unless(3600, whole(1, 7 * 86_400)),
  });
  if (config.ok && (config.value.store === undefined) === (config.value.storeUrl === undefined))
    return refuse("config-malformed", "either store or storeUrl", "both or neither", "correct the configuration file");
  return config;
}

function optional<T>(field: Field<T>): Field<T | undefined> {
  return (value) => (value === undefined ? accept(undefined) : field(value));
}

function unless<T>(otherwise: T, field: Field<T>): Field<T> {
  return (value) => (value === undefined ? accept(otherwise) : field(value));
}

const texts: Field<Readonly<Record<string, string>>> = (value) =>
  typeof value === "object" && value !== null && Object.values(value).every((each) => typeof each === "string")
    ? accept(value as Readonly<Record<string, string>>)
    : refuse("config-malformed", "texts by name", JSON.stringify(value) ?? "nothing", "correct the configuration file");
