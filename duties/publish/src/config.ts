// SPDX-License-Identifier: Apache-2.0
import { type KeyPlace, parsePlace } from "@countersign/custody/place";
import { parseFields, port, text, whole } from "@countersign/daemon/config";
import { type DaemonIdentities, parseDaemonIdentities } from "@countersign/federation/daemon-identity";
import { accept, type Outcome } from "@countersign/trust/refusal";

/** What publish is told. */
export interface Config {
  readonly port: number;
  /** URL of govern, which knows what is signed. */
  readonly govern: string;
  /** The directory that is served to the world. */
  readonly store: string;
  /** The embedded root: the file `1.root.json` or a later one that is trusted already. */
  readonly anchor: string;
  /** URL of the ledger. */
  readonly ledger: string;
  /** How it proves to govern which identity it is on each channel, for grants to publish. */
  readonly identities: DaemonIdentities;
  readonly snapshotKey: KeyPlace;
  readonly timestampKey: KeyPlace;
  readonly pollMilliseconds: number;
  /** How long a timestamp is valid. */
  readonly timestampSeconds: number;
  /** How often a timestamp is made anew; a third of its validity unless told. */
  readonly timestampRefreshMilliseconds: number | undefined;
  /** How long a snapshot is valid; it is made anew when half of that is over. */
  readonly snapshotDays: number;
}

const milliseconds = whole(10);

/** Reads the configuration; a missing, malformed or unknown field is refused. */
export function parseConfig(json: unknown): Outcome<Config> {
  return parseFields<Config>(json, {
    port,
    govern: text,
    store: text,
    anchor: text,
    ledger: text,
    identities: parseDaemonIdentities,
    snapshotKey: parsePlace,
    timestampKey: parsePlace,
    pollMilliseconds: milliseconds,
    timestampSeconds: whole(1),
    timestampRefreshMilliseconds: (value) => (value === undefined ? accept(undefined) : milliseconds(value)),
    snapshotDays: whole(1, 3650),
  });
}
