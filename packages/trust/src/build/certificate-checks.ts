// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "../check.ts";
import type { Envelope } from "../envelope.ts";
import { verifySignature } from "../key.ts";
import { publicSince } from "../ledger/inclusion.ts";
import { dutyKeyOf } from "../policy/policy.ts";
import type { Attestation } from "./attestation.ts";
import { isSummary } from "./attested.ts";
import { builderOf, closest, type ProvenanceSubject } from "./builder.ts";
import { type BuilderRule, type CertifiedBuilder, isVerifierRule } from "./builder-rule.ts";
import { type BuildCertificate, certificateName } from "./certificate.ts";
import { certificateDifferences } from "./differences.ts";
import type { Provenance } from "./provenance.ts";

/** Provenance whose key an issuer is said to have certified. */
interface Certified {
  readonly attestation: Attestation;
  readonly provenance: Provenance;
  readonly certificate: Envelope<BuildCertificate>;
  /** The rule that it fits best. */
  readonly rule: BuilderRule & { readonly certified: CertifiedBuilder };
}

/** A certificate is as good as the job that it was given to, for the minutes that it was given for (docs/build-certificate.md). */
export const certificateChecks: readonly Check<ProvenanceSubject>[] = [
  {
    name: "provenance/certificate",
    source: "a key made in the job, certified by the issuer that the policy names",
    examine: (subject) => {
      const forged = certifiedIn(subject).filter(({ certificate, rule }) => {
        const key = dutyKeyOf(subject.policy, rule.keyid);
        return key === undefined || !certificate.signatures.some(({ sig }) => verifySignature(key, certificate.message, sig));
      });
      return decide(
        forged.length === 0,
        "each certificate signed by its issuer",
        forged.length === 0 ? named(subject) : `${named(subject)}; ${forged.length} that no issuer signed`,
        "certificate-not-trusted",
        "Ask the issuer that the policy names for a certificate, and attest again.",
      );
    },
  },
  {
    name: "provenance/certificate-claims",
    source: "a certificate is for one build",
    examine: (subject) => {
      const found = certifiedIn(subject).flatMap(({ provenance, certificate, rule }) =>
        certificateDifferences(rule, certificate.signed, provenance, subject.candidate.version),
      );
      return decide(
        found.length === 0,
        "each certificate for exactly this build, as the policy wants it",
        found.join("; ") || "all equal",
        "certificate-differs",
        "A key was used for another build than it was certified for; find out by whom.",
      );
    },
  },
  {
    name: "provenance/certificate-lifetime",
    source: "a key lives for minutes",
    examine: (subject) => {
      const long = certifiedIn(subject).filter(({ certificate, rule }) => lifetime(certificate.signed) > rule.certified.seconds);
      return decide(
        long.length === 0,
        "each key certified for no longer than the policy allows",
        long.map(({ certificate }) => `${lifetime(certificate.signed)} s`).join(", ") || "none longer",
        "certificate-too-long",
        "Let the issuer certify for as long as the policy says.",
      );
    },
  },
  {
    name: "provenance/certificate-time",
    source: "what a key signed was public while it was certified, by witnessed time",
    examine: (subject) => {
      const { ledger } = subject;
      const outside = certifiedIn(subject).flatMap(({ attestation: { proof }, certificate: { signed } }) => {
        const since = publicSince(proof, ledger);
        if (!since.ok) return ["never"];
        return since.value >= signed.notBefore && since.value <= signed.notAfter ? [] : [`${isoTime(since.value)}, ${validity(signed)}`];
      });
      return decide(
        outside.length === 0,
        "in the ledger between a certificate's notBefore and notAfter",
        outside.join("; ") || "all within",
        "certificate-not-valid-then",
        "Attest again with a new key: nothing that a key signed counts once its minutes are over.",
      );
    },
  },
];

function certifiedIn(subject: ProvenanceSubject): readonly Certified[] {
  return subject.attestations.flatMap((attestation) => {
    const { provenance } = attestation;
    const certificate = builderOf(attestation, subject.policy, subject.rules)?.certificate;
    const rule = closest(attestation, subject)?.rule;
    if (certificate === undefined || rule === undefined || isVerifierRule(rule) || isSummary(provenance)) return [];
    const { certified } = rule;
    if (certified === undefined) throw new Error(`a certificate was taken for a standing key, ${rule.id}`); // a policy with both is not read
    return [{ attestation, provenance, certificate, rule: { ...rule, certified } }];
  });
}

function named(subject: ProvenanceSubject): string {
  return (
    certifiedIn(subject)
      .map(({ certificate }) => certificateName(certificate).slice(0, 12))
      .join(", ") || "standing keys only"
  );
}

function lifetime({ notBefore, notAfter }: BuildCertificate): number {
  return notAfter - notBefore;
}

function validity({ notBefore, notAfter }: BuildCertificate): string {
  return `certified from ${isoTime(notBefore)} to ${isoTime(notAfter)}`;
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
