// SPDX-License-Identifier: Apache-2.0
import { stillCounts } from "@countersign/trust/anchor/role";
import { topAuthority } from "@countersign/trust/anchor/root";
import { type Targets, targets, targetsChecks } from "@countersign/trust/anchor/targets";
import { type Check, judge } from "@countersign/trust/check";
import type { Digest } from "@countersign/trust/digest";
import type { Envelope } from "@countersign/trust/envelope";
import { loggedCheck, publicSince } from "@countersign/trust/ledger/inclusion";
import { type DelegationSubject, delegationChecks } from "@countersign/trust/policy/delegation-checks";
import { type StandingPolicies, standingPolicies } from "@countersign/trust/policy/standing";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { type SidecarSubject, sidecarChecks } from "@countersign/trust/sidecar";
import { nextListedRole } from "@countersign/trust/workflow/listed-role";
import { nextPolicy, type PolicyFile, policyChecks } from "@countersign/trust/workflow/policy";
import { sidecarStep } from "@countersign/trust/workflow/sidecar";
import { readProof } from "@countersign/trust/workflow/step";
import { type Attempt, rulesOf } from "../attempt.ts";
import { type Gate, gate, goOn, stop } from "../gate.ts";

/** Gate 4: who and what is trusted for which channel: the targets role and the policy that it lists (TUF 5.6). */
export const targetsGate: Gate = gate({
  number: 4,
  name: "targets and policy",
  checks: { role: targetsChecks, policy: policyChecks, sidecar: sidecarChecks, standing: delegationChecks },
  async pass(attempt, checks) {
    const root = attempt.documents.root.signed;
    const step = await nextListedRole(
      {
        role: "targets",
        decoder: targets,
        authority: topAuthority(root, "targets"),
        ownerOf: (keyid) => root.countersign.owners[keyid],
        stored: attempt.documents.targets,
        entry: attempt.found.snapshot?.signed.meta.get("targets.json") ?? accept(undefined),
        now: attempt.now,
      },
      attempt.read,
      checks.role,
    );
    const top = attempt.note(step);
    if (!top.ok) return stop(top.refusal);
    attempt.found.targets = top.value;

    const offered = attempt.note(await nextPolicy(top.value.signed, policyBefore(attempt), attempt.read, checks.policy));
    if (!offered.ok) return stop(offered.refusal);
    const sidecar = await targetsSidecar(attempt, top.value, offered.value, checks.sidecar);
    if (!sidecar.ok) return stop(sidecar.refusal);
    const standing = await standingNow(attempt, offered.value, top.value.digest);
    if (!standing.ok) return stop(standing.refusal);
    const { held, judges } = standing.value;
    for (const candidate of judges) {
      const subject: DelegationSubject = { candidate, targets: top.value.signed };
      const fits = candidate === offered.value ? accept(undefined) : attempt.note(judge(subject, checks.standing));
      if (!fits.ok) return stop(fits.refusal);
      const rules = attempt.note({ verdicts: [], outcome: rulesOf(candidate.policy, attempt.device.channel) });
      if (!rules.ok) return stop(rules.refusal);
    }
    attempt.found.policy = held;
    const [first, ...others] = judges;
    attempt.found.judges = [first.policy, ...others.map(({ policy }) => policy)];
    return goOn;
  },
});

/**
 * The policy that the offered one must not be older than: the one that is held, as long as the targets that are kept list it and still count. Where a new root
 * took the keys of those who signed them away, its version is as little worth as theirs.
 */
function policyBefore({ documents }: Attempt): PolicyFile | undefined {
  const { root, targets: kept, policy: held } = documents;
  if (kept === undefined) return held;
  const listed = stillCounts(kept, topAuthority(root.signed, "targets"))?.signed.targets.get("policy.json");
  return listed?.ok && listed.value?.hashes.sha256 === held?.digest ? held : undefined;
}

/**
 * New targets carry what the policy that is held demands of them, so that whoever forges them cannot drop the demand with the policy that they list; and what
 * that one demands, so that nobody makes a demand that is not met. Targets that were accepted before met both then.
 */
async function targetsSidecar(
  attempt: Attempt,
  top: Envelope<Targets>,
  offered: PolicyFile,
  checks: readonly Check<SidecarSubject>[],
): Promise<Outcome<unknown>> {
  const { targets, policy: held } = attempt.documents;
  if (targets?.digest === top.digest) return accept(undefined);
  const policies = held === undefined ? [offered.policy] : [held.policy, offered.policy];
  return attempt.note(await sidecarStep("targets", top, policies, attempt.read, checks));
}

/**
 * Which policies judge now. The proof that says since when the offered one is public is verified first, and without it nothing goes on: a mirror must
 * be able neither to make a policy old, nor to keep a device on the one before. A proof under a newer checkpoint, which anybody can make from public tiles,
 * shows a later time: the earliest that was ever shown counts, so it puts the end of the cooling-off by at most what this device had not seen yet.
 */
async function standingNow(attempt: Attempt, offered: PolicyFile, targetsDigest: Digest): Promise<Outcome<StandingPolicies<PolicyFile>>> {
  const held = attempt.documents.policy;
  if (held === undefined || held.digest === offered.digest) return accept({ held: offered, judges: [offered] });
  const shown = await publicTargetsSince(attempt, targetsDigest);
  if (!shown.ok) return shown;
  const since = earliest(attempt, offered.digest, shown.value);
  const standing = standingPolicies({ held, offered, since, now: attempt.memory.time });
  const verdict = {
    check: "policy/cooling-off",
    source: "a policy soaks too",
    expected: `public for ${held.policy.coolingOffSeconds} s`,
    found:
      standing.held === offered
        ? `version ${offered.policy.version} holds now`
        : `version ${held.policy.version} still holds; version ${offered.policy.version} must be content too`,
  };
  attempt.note({ verdicts: [verdict], outcome: accept(undefined) });
  return accept(standing);
}

/** Since when this policy has been public, by the earliest of all proofs that were shown since it was first offered. Another policy begins anew. */
function earliest(attempt: Attempt, policy: Digest, shown: number): number {
  const { cooling } = attempt.memory;
  const since = cooling?.policy === policy ? Math.min(cooling.since, shown) : shown;
  attempt.memory = { ...attempt.memory, cooling: { policy, since } };
  return since;
}

async function publicTargetsSince(attempt: Attempt, digest: Digest): Promise<Outcome<number>> {
  const proof = await readProof(attempt.read, digest);
  if (!proof.ok) return attempt.refused(proof.refusal);
  const { ledger } = attempt;
  const logged = judge({ candidate: { type: "targets", digest }, proof: proof.value, ledger } as const, [loggedCheck("policy")]);
  const judged = attempt.note(logged);
  return judged.ok ? publicSince(proof.value, ledger) : judged;
}
