// SPDX-License-Identifier: Apache-2.0
import { type KeyPlace, parsePlace } from "@countersign/custody/place";
import { list, parseFields, text, whole } from "@countersign/daemon/config";
import { type DaemonIdentities, parseDaemonIdentities } from "@countersign/federation/daemon-identity";
import { accept, type Outcome } from "@countersign/trust/refusal";

/** What a signer is told. */
export interface Config {
  /** The name under which it answers govern. */
  readonly name: string;
  /** URL of govern, which it asks for requests and believes nothing. */
  readonly govern: string;
  /** URL of the repository, as any device reads it. */
  readonly store: string;
  /** The embedded root. */
  readonly anchor: string;
  readonly key: KeyPlace;
  /** An ML-DSA key besides, for channels whose policy demands sidecars. */
  readonly sidecarKey: KeyPlace | undefined;
  /** How it proves to govern which identity it is on each channel, for grants to sign. */
  readonly identities: DaemonIdentities;
  /** The SQLite file with all it has signed. Losing it is losing its memory: it could sign a second statement for a sequence. */
  readonly state: string;
  /** The channels that it signs for. */
  readonly channels: readonly string[];
  readonly pollMilliseconds: number;
  /** Signatures within an hour of witnessed time; 60 unless told. */
  readonly signaturesPerHour: number;
}

/** Reads the configuration; a missing, malformed or unknown field is refused. */
export function parseConfig(json: unknown): Outcome<Config> {
  return parseFields<Config>(json, {
    name: text,
    govern: text,
    store: text,
    anchor: text,
    key: parsePlace,
    sidecarKey: (value) => (value === undefined ? accept(undefined) : parsePlace(value)),
    identities: parseDaemonIdentities,
    state: text,
    channels: list(text),
    pollMilliseconds: whole(10),
    signaturesPerHour: (value) => (value === undefined ? accept(60) : whole(1)(value)),
  });
}
