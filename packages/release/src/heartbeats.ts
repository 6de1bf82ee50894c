// SPDX-License-Identifier: Apache-2.0
import type { RepositoryView } from "@countersign/repository/view";
import { type Check, judge } from "@countersign/trust/check";
import { readEnvelope } from "@countersign/trust/envelope";
import { type HeartbeatSubject, heartbeatChecks } from "@countersign/trust/heartbeat/checks";
import { type Heartbeat, heartbeat, heartbeatBytes, heartbeatPath } from "@countersign/trust/heartbeat/heartbeat";
import { claimedCheckpoint, witnessedTime } from "@countersign/trust/ledger/checkpoint";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { type Read, readFile } from "@countersign/trust/workflow/step";

/** A monitor that the policy names, and whether it is there and sees. */
export interface MonitorHeard {
  readonly monitor: string;
  /** When it last spoke, witnessed, Unix seconds; 0 where nothing of it can be read or believed. */
  readonly time: number;
  /** What it says; a refusal where it is silent, blind, or not itself. */
  readonly outcome: Outcome<Heartbeat>;
}

/** Every monitor of the policy, heard as anybody can hear it. `time` is the newest witnessed time that the reader knows of. */
export async function hearMonitors(
  read: Read,
  view: Pick<RepositoryView, "policy" | "ledger">,
  time: number,
  checks: readonly Check<HeartbeatSubject>[] = heartbeatChecks,
): Promise<readonly MonitorHeard[]> {
  return Promise.all(
    Object.keys(view.policy.monitors).map(async (monitor): Promise<MonitorHeard> => {
      const subject = await readSubject(read, monitor, view, time);
      if (!subject.ok) return { monitor, time: 0, outcome: subject };
      const { outcome, verdicts } = judge(subject.value, checks);
      const { candidate, checkpoint, ledger } = subject.value;
      const isDated = verdicts.some(({ check, refusal }) => check === "heartbeat/dated" && refusal === undefined);
      return {
        monitor,
        time: isDated ? witnessedTime(checkpoint, ledger.quorum) : 0,
        outcome: outcome.ok ? accept(candidate.signed) : outcome,
      };
    }),
  );
}

async function readSubject(
  read: Read,
  monitor: string,
  { policy, ledger }: Pick<RepositoryView, "policy" | "ledger">,
  time: number,
): Promise<Outcome<HeartbeatSubject>> {
  const bytes = await readFile(read, heartbeatPath(monitor), heartbeatBytes);
  const candidate = bytes.ok ? readEnvelope(heartbeat, bytes.value, heartbeatPath(monitor)) : bytes;
  if (!candidate.ok) return candidate;
  const checkpoint = claimedCheckpoint(candidate.value.signed.checkpoint, ledger);
  return checkpoint.ok ? accept({ candidate: candidate.value, monitor, policy, ledger, checkpoint: checkpoint.value, time }) : checkpoint;
}
