// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import type { Digest } from "@countersign/trust/digest";
import { loggedCheck, publicSince } from "@countersign/trust/ledger/inclusion";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { topAuthority } from "@countersign/trust/tuf/root";
import { targets, targetsChecks } from "@countersign/trust/tuf/targets";
import { nextListedRole } from "@countersign/trust/workflow/listed-role";
import { nextPolicy, type PolicyFile, policyChecks } from "@countersign/trust/workflow/policy";
import { readProof } from "@countersign/trust/workflow/step";
import { type Attempt, rulesOf } from "../attempt.ts";
import { type Gate, gate, goOn, stop } from "../gate.ts";

/** Gate 4: who and what is trusted for which channel: the targets role and the policy that it lists (TUF 5.6). */
export const targetsGate: Gate = gate({
  number: 4,
  name: "targets and policy",
  checks: { role: targetsChecks, policy: policyChecks },
  async pass(attempt, checks) {
    const root = attempt.documents.root.signed;
    const step = await nextListedRole(
      {
        role: "targets",
        decoder: targets,
        authority: topAuthority(root, "targets"),
        ownerOf: (keyid) => root.countersign.owners[keyid],
        stored: attempt.documents.targets,
        listed: attempt.found.snapshot?.signed.meta["targets.json"],
        now: attempt.now,
      },
      attempt.read,
      checks.role,
    );
    const top = attempt.note(step);
    if (!top.ok) return stop(top.refusal);
    attempt.found.targets = top.value;

    const offered = attempt.note(await nextPolicy(top.value.signed, attempt.documents.policy, attempt.read, checks.policy));
    if (!offered.ok) return stop(offered.refusal);
    const inForce = await policyInForce(attempt, offered.value, top.value.digest);
    if (!inForce.ok) return stop(inForce.refusal);
    attempt.found.policy = inForce.value;
    const rules = attempt.note({ verdicts: [], outcome: rulesOf(attempt.found.policy, attempt.device.channel) });
    return rules.ok ? goOn : stop(rules.refusal);
  },
});

/**
 * A policy soaks too: a new one holds once the targets that list it have been public for the cooling-off time of the one that holds now. The proof
 * that says since when is verified first, and without it nothing goes on: a mirror must be able neither to make a policy old, nor to keep a device on the
 * one before.
 */
async function policyInForce(attempt: Attempt, offered: PolicyFile, targetsDigest: Digest): Promise<Outcome<PolicyFile>> {
  const held = attempt.documents.policy;
  if (held === undefined || held.digest === offered.digest) return accept(offered);
  const since = await publicTargetsSince(attempt, targetsDigest);
  if (!since.ok) return since;
  const holds = attempt.memory.time >= since.value + held.policy.coolingOffSeconds;
  const verdict = {
    check: "policy/cooling-off",
    source: "a policy soaks too",
    expected: `public for ${held.policy.coolingOffSeconds} s`,
    found: holds ? `version ${offered.policy.version} holds now` : `version ${held.policy.version} still holds`,
  };
  attempt.note({ verdicts: [verdict], outcome: accept(undefined) });
  return accept(holds ? offered : held);
}

async function publicTargetsSince(attempt: Attempt, digest: Digest): Promise<Outcome<number>> {
  const proof = await readProof(attempt.read, digest);
  if (!proof.ok) return attempt.refused(proof.refusal);
  const { ledger } = attempt;
  const logged = judge({ candidate: { type: "targets", digest }, proof: proof.value, ledger } as const, [loggedCheck("policy")]);
  const judged = attempt.note(logged);
  return judged.ok ? publicSince(proof.value, ledger) : judged;
}
