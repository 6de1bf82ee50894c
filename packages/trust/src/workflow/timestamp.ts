// SPDX-License-Identifier: Apache-2.0
import type { Checkpoint } from "@countersign/tlog/checkpoint";
import type { OwnedSubject } from "../anchor/role.ts";
import { ownersIn, type Root, topAuthority } from "../anchor/root.ts";
import { type Timestamp, timestamp, timestampChecks } from "../anchor/timestamp.ts";
import { type Check, judge, type Verified } from "../check.ts";
import type { Envelope } from "../envelope.ts";
import {
  type CheckpointSubject,
  type ClaimedCheckpoint,
  claimedCheckpoint,
  cosignedCheck,
  ledgerSizeCheck,
  ledgerTrust,
} from "../ledger/checkpoint.ts";
import { defaultLimits } from "../limits.ts";
import { accept } from "../refusal.ts";
import { ourReading } from "../tuf/role.ts";
import { acceptTimestampFile, type TimestampRules } from "../tuf/timestamp.ts";
import { type Read, readFile, type Step, stopped } from "./step.ts";

export interface TimestampStep {
  readonly timestamp: Verified<Envelope<Timestamp>>;
  readonly checkpoint: Verified<ClaimedCheckpoint>;
}

export interface TimestampInput {
  readonly root: Root;
  readonly stored: Envelope<Timestamp> | undefined;
  readonly remembered: Checkpoint | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

export interface DatedRules extends TimestampRules<OwnedSubject<Timestamp>> {
  readonly checkpoint: readonly Check<CheckpointSubject>[];
}

export const timestampRules: DatedRules = {
  ...timestampChecks,
  checkpoint: [cosignedCheck("timestamp"), ledgerSizeCheck("timestamp")],
};

/** How it ended; `shown` is the checkpoint that was judged, where one was: of a refused one its signatures need not hold. */
export type DatedStep = Step<TimestampStep> & { readonly shown?: ClaimedCheckpoint };

/** TUF 5.4, and the checkpoint that dates the repository: that of the timestamp which is trusted from now on. */
export async function nextTimestamp({ root, stored, remembered, now }: TimestampInput, read: Read, rules: DatedRules): Promise<DatedStep> {
  const bytes = await readFile(read, "metadata/timestamp.json", defaultLimits.timestampBytes);
  if (!bytes.ok) return stopped(bytes.refusal);
  const context = { authority: topAuthority(root, "timestamp"), ownerOf: ownersIn(root), stored, listed: undefined, now };
  const role = acceptTimestampFile(timestamp, bytes.value, context, rules, ourReading(defaultLimits.timestampBytes));
  if (!role.outcome.ok) return role as Step<never>;
  const ledger = ledgerTrust(root);
  const claimed = claimedCheckpoint(role.outcome.value.signed.countersign.checkpoint, ledger);
  if (!claimed.ok) return stopped(claimed.refusal, role.verdicts);
  const checkpoint = judge({ candidate: claimed.value, ledger, remembered }, rules.checkpoint);
  const verdicts = [...role.verdicts, ...checkpoint.verdicts];
  if (!checkpoint.outcome.ok) return { ...stopped(checkpoint.outcome.refusal, verdicts), shown: claimed.value };
  return { verdicts, outcome: accept({ timestamp: role.outcome.value, checkpoint: checkpoint.outcome.value }) };
}
