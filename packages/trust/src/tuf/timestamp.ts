// SPDX-License-Identifier: Apache-2.0
import { type Check, decide, type Judgement } from "../check.ts";
import { type Decoder, dateTime, integer, literal, open } from "../decode.ts";
import type { Envelope } from "../envelope.ts";
import { type MetaFile, metaFile, specVersion } from "./meta.ts";
import { acceptRole, expiry, type Reading, type RoleContext, type RoleFields, type RoleSubject, signatures, version } from "./role.ts";

/** `timestamp.json` (TUF 4.6). */
export interface Timestamp extends RoleFields {
  readonly _type: "timestamp";
  readonly spec_version: string;
  readonly meta: { readonly "snapshot.json": MetaFile };
}

export const timestamp: Decoder<Timestamp> = open<Timestamp>({
  _type: literal("timestamp"),
  spec_version: specVersion,
  version: integer(1),
  expires: dateTime,
  meta: open({ "snapshot.json": metaFile }),
});

const snapshotVersion: Check<Pick<RoleSubject<Timestamp>, "candidate" | "stored">> = {
  name: "timestamp/snapshot-version",
  source: "TUF 5.4.3.2, rollback",
  examine: ({ candidate, stored }) => {
    const before = stored?.signed.meta["snapshot.json"].version ?? 1;
    const after = candidate.signed.meta["snapshot.json"].version;
    return decide(
      after >= before,
      `snapshot ${before} or later`,
      `snapshot ${after}`,
      "version-rolled-back",
      "An older repository is being replayed; use another mirror.",
    );
  },
};

/** Two lists, since between them a file of the version that is trusted already is put aside. */
export interface TimestampRules<S> {
  /** Is it one, and not an older one? */
  readonly authentic: readonly Check<S>[];
  /** May the one that is trusted from now on, the new or the old, be gone by? */
  readonly current: readonly Check<S>[];
}

/** TUF 5.4. */
export const timestampChecks: TimestampRules<RoleSubject<Timestamp>> = {
  authentic: [signatures("timestamp", "5.4.2"), version("timestamp", "5.4.3.1")],
  current: [snapshotVersion, expiry("timestamp", "5.4.4")],
};

/**
 * Reads and judges a timestamp. One of the version that is trusted already is put aside, whatever else it says, and the trusted one stays:
 * that is no failure (TUF 5.4.3.1). It is judged again all the same: time has passed.
 */
export function acceptTimestampFile<T extends Timestamp, C extends Pick<RoleContext<T>, "stored">>(
  decoder: Decoder<T>,
  file: Uint8Array | Envelope<T>,
  context: C,
  rules: TimestampRules<C & { readonly candidate: Envelope<T> }>,
  reading: Reading,
): Judgement<Envelope<T>> {
  const { stored } = context;
  const authentic = acceptRole(decoder, file, "timestamp.json", context, rules.authentic, reading);
  if (!authentic.outcome.ok) return authentic;
  const isNews = stored === undefined || authentic.outcome.value.signed.version !== stored.signed.version;
  const current = isNews
    ? acceptRole(decoder, authentic.outcome.value, "timestamp.json", context, rules.current, reading)
    : acceptRole(decoder, stored, "timestamp.json", context, [...rules.authentic, ...rules.current], reading);
  return { verdicts: [...authentic.verdicts, ...current.verdicts], outcome: current.outcome };
}
