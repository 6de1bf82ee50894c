// SPDX-License-Identifier: Apache-2.0
import type { VerifierRule } from "@countersign/trust/build/builder-rule";
import { claimsOf, runIdOf } from "@countersign/trust/build/claims";
import { differences } from "@countersign/trust/build/differences";
import { withVersion } from "@countersign/trust/build/version-pattern";
import { type Check, decide } from "@countersign/trust/check";
import type { Digest } from "@countersign/trust/digest";
import type { ReadBundle, SigstoreResult } from "./bundle.ts";
import type { NamedBundlePolicy } from "./bundle-policy.ts";
import type { CertificateFacts } from "./fulcio.ts";

/** A bundle that somebody wants vouched for. */
export interface BundleSubject {
  readonly candidate: ReadBundle;
  /** Rules of the signed policy that name this verifier's key, for the channel that is asked for. */
  readonly rules: readonly VerifierRule[];
  readonly pinned: NamedBundlePolicy;
  /** Of the trusted root that this verifier holds. */
  readonly trustedRoot: Digest;
  readonly sigstore: SigstoreResult;
  readonly version: string;
  readonly artifacts: readonly Digest[];
  readonly givenWithinHour: number;
  readonly summariesPerHour: number;
}

/** What must hold before a verifier signs a summary, in the order of the SLSA v1 verification; specified in docs/bundle-policy.md. */
export const bundleChecks: readonly Check<BundleSubject>[] = [
  {
    name: "bundle/rule",
    source: "the signed policy says who vouches, and against what",
    examine: ({ rules, pinned }) =>
      decide(
        rules.length === 1,
        `one rule for this verifier and the bundle policy ${pinned.digest.slice(0, 12)}`,
        `${rules.length}`,
        "verifier-not-trusted",
        "Give the verifier the bundle policy that the signed policy names, or let the targets quorum name this one.",
      ),
  },
  {
    name: "bundle/trusted-root",
    source: "the signed policy says whose certificates count",
    examine: ({ pinned, trustedRoot }) =>
      decide(
        pinned.policy.trustedRoot === trustedRoot,
        pinned.policy.trustedRoot,
        trustedRoot,
        "trusted-root-differs",
        "Give the verifier the trusted_root.json that was pinned, or pin the new one.",
      ),
  },
  {
    name: "bundle/sigstore",
    source: "Sigstore client specification 4: certificate, timestamp, SCT, log entry, signature",
    examine: ({ sigstore }) =>
      decide(
        "facts" in sigstore,
        "a bundle that verifies against the trusted root",
        "facts" in sigstore ? "verified" : sigstore.error,
        "bundle-not-verified",
        "Attest it again; a bundle of a private repository has no entry in the public log, and is not taken.",
      ),
  },
  {
    name: "bundle/certificate",
    source: "Fulcio's extensions, on immutable ids",
    examine: ({ sigstore, pinned, version }) => {
      const wrong = Object.entries(withVersion(pinned.policy.certificate, version)).flatMap(([fact, expected]) => {
        const found = factIn(sigstore, fact as keyof CertificateFacts);
        return found === expected ? [] : [`${fact}: expected ${expected}, found ${found ?? "nothing"}`];
      });
      return decide(
        wrong.length === 0,
        "a certificate for exactly the pinned workflow",
        wrong.join("; ") || "all equal",
        "certificate-differs",
        "It was built by another workflow, repository, owner, ref, event or runner than agreed; find out which.",
      );
    },
  },
  {
    name: "bundle/subject",
    source: "SLSA v1 verification: the subject is these bytes",
    examine: ({ candidate: { provenance }, artifacts }) => {
      const missing = artifacts.filter((artifact) => !provenance.subject.some(({ digest }) => digest.sha256 === artifact));
      return decide(
        artifacts.length > 0 && missing.length === 0,
        "every artifact that is asked for is a subject",
        missing.map((digest) => `nothing about ${digest.slice(0, 12)}`).join(", ") || `${artifacts.length} artifacts`,
        "artifact-not-attested",
        "These bytes are not what was built; take them from where the bundle comes from.",
      );
    },
  },
  {
    name: "bundle/definition",
    source: "SLSA v1 verification 3: build type, parameters, source",
    examine: ({ candidate: { provenance }, pinned, version }) => {
      const found = differences({ ...pinned.policy.build, keyid: "" }, provenance, version);
      return decide(
        found.length === 0,
        "exactly the build that is pinned",
        found.join("; ") || "all equal",
        "provenance-differs",
        "Something was built from another source or in another way than agreed; find out which.",
      );
    },
  },
  {
    name: "bundle/one-build",
    source: "what the job says is what the CA says of it",
    examine: ({ candidate: { provenance }, sigstore }) => {
      const pairs = [
        ["commit", factIn(sigstore, "sourceRepositoryDigest"), claimsOf(provenance).commit],
        ["run", factIn(sigstore, "runInvocationUri"), runIdOf(provenance)],
      ] as const;
      const torn = pairs.filter(([, certified, told]) => certified === undefined || certified !== told);
      return decide(
        torn.length === 0,
        "one commit and one run in certificate and provenance",
        torn.map(([what, certified, told]) => `${what}: ${certified ?? "none"} certified, ${told ?? "none"} told`).join("; ") ||
          "both equal",
        "builds-differ",
        "The provenance tells another build than its certificate; do not use it.",
      );
    },
  },
  {
    name: "bundle/rate",
    source: "what a verifier can be made to do within an hour is bounded",
    examine: ({ givenWithinHour, summariesPerHour }) =>
      decide(
        givenWithinHour < summariesPerHour,
        `fewer than ${summariesPerHour} summaries within an hour`,
        `${givenWithinHour}`,
        "too-many-summaries",
        "Find out who asks so often; then wait, or raise summariesPerHour.",
      ),
  },
];

function factIn(sigstore: SigstoreResult, fact: keyof CertificateFacts): string | undefined {
  return "facts" in sigstore ? sigstore.facts[fact] : undefined;
}
