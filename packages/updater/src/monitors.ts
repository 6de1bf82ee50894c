// SPDX-License-Identifier: Apache-2.0
import { type Check, judge } from "@countersign/trust/check";
import type { Policy } from "@countersign/trust/policy/policy";
import type { ReadThroughSubject } from "@countersign/trust/readthrough/checks";
import { type ReadThrough, readReadThrough, readThroughBytes, readThroughPath } from "@countersign/trust/readthrough/read-through";
import { accept } from "@countersign/trust/refusal";
import { readFile } from "@countersign/trust/workflow/step";
import type { Attempt } from "./attempt.ts";
import { type ConsistencySubject, ofOneLedger } from "./one-ledger.ts";
import { contextsOf, type PolicyContext } from "./under-policies.ts";

/**
 * How far the monitors of each policy have read the ledger, asked once an attempt and only where a policy wants to know. A read-through that cannot be had
 * or verified, or is of another ledger than the one that this device is shown, is as good as none, and said in the trail.
 */
export async function hearMonitors(
  attempt: Attempt,
  checks: readonly Check<ReadThroughSubject>[],
  consistency: readonly Check<ConsistencySubject>[],
): Promise<ReadonlyMap<Policy, readonly ReadThrough[]>> {
  if (attempt.found.readThroughs !== undefined) return attempt.found.readThroughs;
  const heard = new Map<Policy, readonly ReadThrough[]>();
  for (const context of contextsOf(attempt))
    heard.set(context.policy, context.rules.readThrough === 0 ? [] : await hearAll(attempt, context, checks, consistency));
  attempt.found.readThroughs = heard;
  return heard;
}

async function hearAll(
  attempt: Attempt,
  { policy, ledger }: PolicyContext,
  checks: readonly Check<ReadThroughSubject>[],
  consistency: readonly Check<ConsistencySubject>[],
): Promise<readonly ReadThrough[]> {
  const heard: ReadThrough[] = [];
  for (const monitor of Object.keys(policy.monitors)) {
    const path = readThroughPath(monitor);
    const bytes = await readFile(attempt.read, path, readThroughBytes);
    const read = bytes.ok ? readReadThrough(monitor, bytes.value, ledger) : bytes;
    if (!read.ok) {
      const verdict = { check: "readthrough/served", source: "each monitor its own path", ...read.refusal };
      attempt.note({ verdicts: [verdict], outcome: accept(undefined) });
      continue;
    }
    const verified = attempt.note(judge({ candidate: read.value, policy, ledger }, checks));
    if (verified.ok && (await ofOneLedger(attempt, verified.value.checkpoint, attempt.checkpoint, consistency)).ok)
      heard.push(verified.value);
  }
  return heard;
}
