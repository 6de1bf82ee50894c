// SPDX-License-Identifier: Apache-2.0
import type { Checkpoint } from "@countersign/tlog/checkpoint";
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
import { accept } from "../refusal.ts";
import type { RoleSubject } from "../tuf/role.ts";
import { type Root, topAuthority } from "../tuf/root.ts";
import { type Timestamp, timestamp, timestampChecks } from "../tuf/timestamp.ts";
import { type Read, readSigned, type Step, stopped } from "./step.ts";

export interface TimestampStep {
  readonly timestamp: Verified<Envelope<Timestamp>>;
  readonly checkpoint: Verified<ClaimedCheckpoint>;
}

export interface TimestampInput {
  readonly root: Root;
  readonly stored: Timestamp | undefined;
  readonly remembered: Checkpoint | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

export interface TimestampRules {
  readonly role: readonly Check<RoleSubject<Timestamp>>[];
  readonly checkpoint: readonly Check<CheckpointSubject>[];
}

export const timestampRules: TimestampRules = {
  role: timestampChecks,
  checkpoint: [cosignedCheck("timestamp"), ledgerSizeCheck("timestamp")],
};

/** TUF 5.4, and the checkpoint that dates the repository. */
export async function nextTimestamp(
  { root, stored, remembered, now }: TimestampInput,
  read: Read,
  rules: TimestampRules,
): Promise<Step<TimestampStep>> {
  const candidate = await readSigned(read, "metadata/timestamp.json", timestamp);
  if (!candidate.ok) return stopped(candidate.refusal);
  const ownerOf = (keyid: string): string | undefined => root.countersign.owners[keyid];
  const role = judge(
    { candidate: candidate.value, authority: topAuthority(root, "timestamp"), ownerOf, stored, listed: undefined, now },
    rules.role,
  );
  if (!role.outcome.ok) return role as Step<never>;
  const ledger = ledgerTrust(root);
  const claimed = claimedCheckpoint(candidate.value.signed.countersign.checkpoint, ledger);
  if (!claimed.ok) return stopped(claimed.refusal, role.verdicts);
  const checkpoint = judge({ candidate: claimed.value, ledger, remembered }, rules.checkpoint);
  const verdicts = [...role.verdicts, ...checkpoint.verdicts];
  if (!checkpoint.outcome.ok) return stopped(checkpoint.outcome.refusal, verdicts);
  return { verdicts, outcome: accept({ timestamp: role.outcome.value, checkpoint: checkpoint.outcome.value }) };
}
