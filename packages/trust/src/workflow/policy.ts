// SPDX-License-Identifier: Apache-2.0
import type { TargetFile, Targets } from "../anchor/targets.ts";
import { type Check, decide, judge, type Verified } from "../check.ts";
import { decodeBytes } from "../decode.ts";
import { type Digest, sha256 } from "../digest.ts";
import { delegationChecks } from "../policy/delegation-checks.ts";
import { type Policy, policy } from "../policy/policy.ts";
import { refuse } from "../refusal.ts";
import { matchesHashes } from "../tuf/meta.ts";
import { type Read, readFile, type Step, stopped } from "./step.ts";

/** A policy as it was read. */
export interface PolicyFile {
  readonly policy: Policy;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

export interface PolicySubject {
  readonly candidate: PolicyFile;
  readonly listed: TargetFile;
  readonly targets: Targets;
  readonly held: Pick<PolicyFile, "policy" | "digest"> | undefined;
}

export const policyChecks: readonly Check<PolicySubject>[] = [
  {
    name: "policy/digest",
    source: "TUF 5.7: a target of the top-level targets role",
    examine: ({ candidate, listed }) =>
      decide(
        matchesHashes(candidate.bytes, listed.hashes, candidate.digest) && candidate.bytes.length === listed.length,
        `sha256 ${listed.hashes.sha256.slice(0, 12)}, ${listed.length} bytes`,
        `sha256 ${candidate.digest.slice(0, 12)}, ${candidate.bytes.length} bytes`,
        "digest-mismatch",
        "This is not the policy that the targets quorum signed; use another mirror.",
      ),
  },
  {
    name: "policy/version",
    source: "rollback; one version is only ever one file",
    examine: ({ candidate, held }) =>
      decide(
        held === undefined || candidate.policy.version > held.policy.version || candidate.digest === held.digest,
        held === undefined ? "any version" : `version ${held.policy.version}, the same file, or later`,
        `version ${candidate.policy.version}`,
        "version-rolled-back",
        "An older policy is being replayed, or there are two of one version; use another mirror and tell the publisher.",
      ),
  },
  ...delegationChecks,
];

/** Reads the policy that `targets` lists, or takes the one that is held if it is still that. */
export async function nextPolicy(
  targets: Targets,
  held: PolicyFile | undefined,
  read: Read,
  checks: readonly Check<PolicySubject>[],
): Promise<Step<Verified<PolicyFile>>> {
  const entry = targets.targets.get("policy.json");
  if (!entry.ok) return stopped(entry.refusal);
  const listed = entry.value;
  if (listed === undefined)
    return stopped(
      refuse("policy-missing", "policy.json among the targets", "not listed", "The targets quorum must sign targets that list a policy.")
        .refusal,
    );
  const subject = { listed, targets, held };
  if (held?.digest === listed.hashes.sha256) return judge({ ...subject, candidate: held }, checks);
  const bytes = await readFile(read, `targets/${listed.hashes.sha256}.policy.json`);
  if (!bytes.ok) return stopped(bytes.refusal);
  const decoded = decodeBytes(policy, bytes.value, "policy.json");
  if (!decoded.ok) return stopped(decoded.refusal);
  return judge({ ...subject, candidate: { policy: decoded.value, bytes: bytes.value, digest: sha256(bytes.value) } }, checks);
}
