// SPDX-License-Identifier: Apache-2.0
import type { LedgerClient } from "@countersign/repository/ledger-client";
import type { Store } from "@countersign/repository/store";
import { isVerifierRule, type VerifierRule } from "@countersign/trust/build/builder-rule";
import type { VerificationSummary } from "@countersign/trust/build/summary";
import { withVersion } from "@countersign/trust/build/version-pattern";
import { type Check, judge, type Step } from "@countersign/trust/check";
import { type Digest, sha256 } from "@countersign/trust/digest";
import type { Policy } from "@countersign/trust/policy/policy";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { proofPath } from "@countersign/trust/workflow/step";
import type { TrustMaterial } from "@sigstore/verify";
import { type BuilderKey, seal } from "../attest.ts";
import { type ReadBundle, readBundle, verifySigstore } from "./bundle.ts";
import type { BundleSubject } from "./bundle-checks.ts";
import type { NamedBundlePolicy } from "./bundle-policy.ts";
import type { VerifierRecord } from "./record.ts";

/** All that a verifier has. */
export interface Verifying {
  readonly key: BuilderKey;
  /** The newest policy, verified from the embedded root down. */
  readonly policy: () => Promise<Outcome<Policy>>;
  readonly pinned: NamedBundlePolicy;
  readonly trustedRoot: { readonly material: TrustMaterial; readonly digest: Digest };
  readonly store: Pick<Store, "write">;
  readonly ledger: Pick<LedgerClient, "append">;
  readonly record: VerifierRecord;
  readonly summariesPerHour: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly checks: readonly Check<BundleSubject>[];
}

/** A bundle, and what it is to be vouched for. */
export interface VouchRequest {
  readonly channel: string;
  readonly version: string;
  readonly artifacts: readonly { readonly name: string; readonly sha256: Digest }[];
  readonly bundle: Uint8Array;
}

/**
 * Verifies a Sigstore bundle offline and signs a summary (SLSA VSA v1) of that, which stands in for a builder's provenance: the digest under which a statement names it.
 * The bundle is kept beside it, so that anybody can look again.
 */
export async function vouch(request: VouchRequest, verifying: Verifying): Promise<Step<Digest>> {
  const { pinned, trustedRoot, record, checks, summariesPerHour } = verifying;
  const now = verifying.now();
  const read = readBundle(request.bundle);
  if (!read.ok) return { verdicts: [], outcome: read };
  const policy = await verifying.policy();
  if (!policy.ok) return { verdicts: [], outcome: policy };
  const rules = rulesFor(policy.value, request.channel, verifying);
  const judged = judge(
    {
      candidate: read.value,
      rules,
      pinned,
      trustedRoot: trustedRoot.digest,
      sigstore: verifySigstore(read.value, trustedRoot.material),
      version: request.version,
      artifacts: request.artifacts.map(({ sha256: digest }) => digest),
      givenWithinHour: record.givenWithinHour(Math.floor(now / 1000)),
      summariesPerHour,
    },
    checks,
  );
  if (!judged.outcome.ok) return { ...judged, outcome: judged.outcome };
  const [rule] = rules;
  if (rule === undefined)
    return { ...judged, outcome: refuse("verifier-not-trusted", "a rule for this verifier", "none", "See: countersign policy show") };
  const summary = summaryOf(rule, request, read.value, verifying, now);
  return { ...judged, outcome: await publish(await seal(summary, verifying.key), request.bundle, read.value.digest, verifying, now) };
}

/** Rules of the policy that name this verifier's key and its bundle policy, to the byte. */
function rulesFor({ channels }: Policy, channel: string, { key, pinned }: Verifying): readonly VerifierRule[] {
  const trusted = channels[channel]?.builders.trusted ?? [];
  return trusted.filter(isVerifierRule).filter((rule) => rule.keyid === key.keyid && rule.policy.sha256 === pinned.digest);
}

function summaryOf(
  rule: VerifierRule,
  { version, artifacts }: VouchRequest,
  { digest, payloadDigest }: ReadBundle,
  { pinned }: Verifying,
  now: number,
): VerificationSummary {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: artifacts.map(({ name, sha256: artifact }) => ({ name, digest: { sha256: artifact } })),
    predicateType: "https://slsa.dev/verification_summary/v1",
    predicate: {
      verifier: { id: withVersion(rule.id, version) },
      timeVerified: new Date(Math.floor(now / 1000) * 1000).toISOString(), // witnesses count whole seconds: its entry may be of this one
      resourceUri: withVersion(rule.resourceUri, version),
      policy: { uri: withVersion(rule.policy.uri, version), digest: { sha256: pinned.digest } },
      inputAttestations: [{ uri: `bundles/${digest}`, digest: { sha256: digest } }, { digest: { sha256: payloadDigest } }],
      verificationResult: "PASSED",
      verifiedLevels: pinned.policy.levels,
    },
  };
}

async function publish(
  summary: Uint8Array,
  bundle: Uint8Array,
  bundleDigest: Digest,
  { store, ledger, record }: Verifying,
  now: number,
): Promise<Outcome<Digest>> {
  const digest = sha256(summary);
  record.remember(digest, bundleDigest, Math.floor(now / 1000));
  await store.write(`bundles/${bundleDigest}`, bundle);
  await store.write(`provenance/${digest}`, summary);
  const logged = await ledger.append({ type: "provenance", digest });
  if (!logged.ok) return logged;
  await store.write(proofPath(digest), Buffer.from(logged.value.proof));
  return accept(digest);
}
