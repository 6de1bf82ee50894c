// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "../check.ts";
import type { Envelope } from "../envelope.ts";
import { type ClaimedCheckpoint, cosignedCheck, type LedgerTrust, witnessedTime } from "../ledger/checkpoint.ts";
import { dutyKeyOf, type Policy } from "../policy/policy.ts";
import { signersOf } from "../quorum.ts";
import { refuse } from "../refusal.ts";
import type { Heartbeat } from "./heartbeat.ts";

/** A monitor's heartbeat under judgement. No device asks for it: it is for whoever watches the watchers. */
export interface HeartbeatSubject {
  readonly candidate: Envelope<Heartbeat>;
  /** The monitor under whose path it was served. */
  readonly monitor: string;
  readonly policy: Policy;
  readonly ledger: LedgerTrust;
  /** The checkpoint that it carries, as it claims. */
  readonly checkpoint: ClaimedCheckpoint;
  /** Witnessed time of whoever judges, Unix seconds. */
  readonly time: number;
}

export const heartbeatChecks: readonly Check<HeartbeatSubject>[] = [
  {
    name: "heartbeat/monitor",
    source: "a monitor speaks for itself, under the key that the policy names",
    examine: ({ candidate, monitor, policy }) => {
      const keyid = policy.monitors[monitor] ?? "";
      const key = dutyKeyOf(policy, keyid);
      const named = candidate.signed.monitor === monitor;
      const signed = key !== undefined && signersOf(candidate, { keys: { [keyid]: key }, keyids: [keyid], threshold: 1 }).length === 1;
      return decide(
        named && signed,
        `signed by the key of monitor ${monitor}`,
        signed ? `signed, in the name of ${candidate.signed.monitor}` : "no such signature",
        "monitor-not-trusted",
        "This is not that monitor's word; ask its owner whether it runs.",
      );
    },
  },
  {
    name: "heartbeat/dated",
    source: "a heartbeat is as old as the checkpoint that it carries",
    examine: ({ candidate, checkpoint, ledger }) =>
      checkpoint.note === candidate.signed.checkpoint
        ? cosignedCheck("heartbeat").examine({ candidate: checkpoint, ledger })
        : refuse(
            "heartbeat-dated-by-another",
            "the checkpoint in the heartbeat",
            "another one",
            "Date it by the checkpoint that it carries.",
          ),
  },
  {
    name: "heartbeat/recent",
    source: "silence is an alarm",
    examine: ({ candidate: { signed }, checkpoint, ledger, time }) => {
      const age = time - witnessedTime(checkpoint, ledger.quorum);
      return decide(
        age <= signed.within,
        `a heartbeat of monitor ${signed.monitor} within ${signed.within} s`,
        `${Math.max(0, age)} s ago`,
        "monitor-silent",
        "Ask its owner whether it runs and what it last saw; until it speaks, count on the other monitors only.",
      );
    },
  },
  {
    name: "heartbeat/seeing",
    source: "a monitor that cannot see says so",
    examine: ({ candidate: { signed } }) =>
      decide(
        signed.blind === null,
        `monitor ${signed.monitor} sees`,
        signed.blind ?? "it does",
        "monitor-blind",
        "Find out what keeps it from reading: its mirror, its network, or the ledger itself.",
      ),
  },
];
