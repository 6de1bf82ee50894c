// SPDX-License-Identifier: Apache-2.0
import { type Field, list, parseFields, text, whole } from "@countersign/daemon/config";
import { accept, type Outcome } from "@countersign/trust/refusal";

/** A key in custody: where it is, and where the passphrase is that opens it. */
export interface KeyPlace {
  readonly keyFile: string;
  readonly passphraseFile: string;
}

const keyPlace: Field<KeyPlace> = (json) => parseFields<KeyPlace>(json, { keyFile: text, passphraseFile: text });

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
  readonly keyFile: string;
  readonly passphraseFile: string;
  /** An ML-DSA key besides, for channels whose policy demands sidecars. */
  readonly sidecarKey: KeyPlace | undefined;
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
    keyFile: text,
    passphraseFile: text,
    sidecarKey: (value) => (value === undefined ? accept(undefined) : keyPlace(value)),
    state: text,
    channels: list(text),
    pollMilliseconds: whole(10),
    signaturesPerHour: (value) => (value === undefined ? accept(60) : whole(1)(value)),
  });
}
