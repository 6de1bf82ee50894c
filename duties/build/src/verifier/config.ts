// SPDX-License-Identifier: Apache-2.0
import { type KeyPlace, parsePlace } from "@countersign/custody/place";
import { parseFields, port, text, whole } from "@countersign/daemon/config";
import { accept, type Outcome } from "@countersign/trust/refusal";

/** What a verifier is told. What it may vouch for stands in the bundle policy, which the signed policy names. */
export interface Config {
  readonly port: number;
  /** The verifier's key, which the policy names. It signs summaries and nothing else. */
  readonly key: KeyPlace;
  /** The bundle policy. */
  readonly bundlePolicy: string;
  /** Sigstore's `trusted_root.json`. */
  readonly trustedRoot: string;
  /** URL of the repository, as any device reads it. */
  readonly repository: string;
  /** The embedded root. */
  readonly anchor: string;
  /** Directory of the store that it writes summaries to. */
  readonly store: string;
  readonly ledger: string;
  /** The SQLite file with all that it vouched for. */
  readonly state: string;
  /** 60 unless told. */
  readonly summariesPerHour: number;
}

/** Reads the configuration; a missing, malformed or unknown field is refused. */
export function parseConfig(json: unknown): Outcome<Config> {
  return parseFields<Config>(json, {
    port,
    key: parsePlace,
    bundlePolicy: text,
    trustedRoot: text,
    repository: text,
    anchor: text,
    store: text,
    ledger: text,
    state: text,
    summariesPerHour: (value) => (value === undefined ? accept(60) : whole(1)(value)),
  });
}
