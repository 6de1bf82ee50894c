// SPDX-License-Identifier: Apache-2.0
import { type KeyPlace, parsePlace } from "@countersign/custody/place";
import { type Field, list, parsed, parseFields, port, text, whole } from "@countersign/daemon/config";
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";
import { isCosigner, parseVkey, type Vkey } from "@countersign/tlog/vkey";

/** A witness, and where it is asked. */
export interface WitnessAddress {
  readonly vkey: Vkey;
  /** The prefix before `/add-checkpoint`. */
  readonly url: string;
}

/** What the ledger is told. */
export interface Config {
  readonly port: number;
  /** The SQLite file: small, and trusted. */
  readonly state: string;
  /** The directory that is served to the world; the log is below `log/` in it. */
  readonly store: string;
  /** The origin of the log, and the name of its key. */
  readonly origin: string;
  readonly key: KeyPlace;
  readonly witnesses: readonly WitnessAddress[];
  /** How many witnesses must cosign before anything is published. */
  readonly quorum: number;
  /** How often an unchanged log is cosigned anew. */
  readonly heartbeatMilliseconds: number;
  /** How long entries are collected before they go into the log together. */
  readonly batchMilliseconds: number;
}

const witness: Field<WitnessAddress> = (json) => parseFields<WitnessAddress>(json, { vkey: parsed(parseVkey), url: text });

/** Reads the configuration; refuses a quorum that its witnesses cannot reach. */
export function parseConfig(json: unknown): Outcome<Config> {
  const config = parseFields<Config>(json, {
    port,
    state: text,
    store: text,
    origin: text,
    key: parsePlace,
    witnesses: list(witness),
    quorum: whole(1),
    heartbeatMilliseconds: whole(100),
    batchMilliseconds: whole(1),
  });
  if (!config.ok) return config;
  const { witnesses, quorum } = config.value;
  const keys = new Set(witnesses.filter(({ vkey }) => isCosigner(vkey)).map(({ vkey }) => vkey.publicKey.join()));
  if (keys.size === witnesses.length && quorum <= keys.size) return accept(config.value);
  const expected = `${quorum} or more witnesses, each with a key of type 4 or 6 of its own`;
  return refuse("config-malformed", expected, `witnesses: ${keys.size} such of ${witnesses.length}`, "correct the configuration file");
}
