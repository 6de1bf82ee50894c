// SPDX-License-Identifier: Apache-2.0
import type { Envelope } from "../envelope.ts";
import type { LedgerTrust } from "../ledger/checkpoint.ts";
import { type ChannelRules, dutyKeyOf, type Policy } from "../policy/policy.ts";
import type { Statement } from "../release/statement.ts";
import type { Attestation } from "./attestation.ts";
import { isSummary } from "./attested.ts";
import { isVerifierRule, type TrustedBuilder } from "./builder-rule.ts";
import { type BuildCertificate, issuerOf } from "./certificate.ts";
import { differences } from "./differences.ts";
import { dsseSignedBy, payloadDigest } from "./dsse.ts";

export interface ProvenanceSubject {
  readonly candidate: Statement;
  /** The files that the statement names, in its order. */
  readonly attestations: readonly Attestation[];
  readonly policy: Policy;
  readonly rules: ChannelRules;
  readonly ledger: LedgerTrust;
}

/** Who signed an attestation. */
export interface Builder {
  readonly rule: TrustedBuilder;
  /** Where the rule is an issuer's: what it is said to have certified. Whether it did is for `certificateChecks`. */
  readonly certificate?: Envelope<BuildCertificate> | undefined;
}

/** The trusted builder or verifier behind an attestation: the first in the policy whose key, or a key certified in its name, signed the envelope. */
export function builderOf({ envelope, provenance }: Attestation, policy: Policy, rules: ChannelRules): Builder | undefined {
  for (const rule of rules.builders.trusted) {
    const key = dutyKeyOf(policy, rule.keyid);
    if (key === undefined || isVerifierRule(rule) !== isSummary(provenance)) continue;
    if (isVerifierRule(rule) || rule.certified === undefined) {
      if (dsseSignedBy(envelope, key)) return { rule };
      continue;
    }
    const certificates = envelope.signatures.flatMap(({ certificate }) => certificate ?? []);
    const certificate = certificates.find((each) => issuerOf(each) === rule.keyid && dsseSignedBy(envelope, each.signed.key));
    if (certificate !== undefined) return { rule, certificate };
  }
  return undefined;
}

/**
 * Whether this is a summary of one of the others. Its verifier has looked at their build and made none of its own, so where builders are counted it
 * adds none to them.
 */
export function sumsUp({ provenance }: Attestation, others: readonly Attestation[]): boolean {
  if (!isSummary(provenance)) return false;
  const inputs = (provenance.predicate.inputAttestations ?? []).map(({ digest }) => digest?.["sha256"]);
  return others.some(({ envelope }) => inputs.includes(envelope.digest) || inputs.includes(payloadDigest(envelope)));
}

/** The rule for its builder's key from which an attestation differs least: a key may sign for several workflows, each with a rule of its own. */
export function closest(
  attestation: Attestation,
  { candidate, policy, rules }: ProvenanceSubject,
): { readonly rule: TrustedBuilder; readonly found: readonly string[] } | undefined {
  const keyid = builderOf(attestation, policy, rules)?.rule.keyid;
  return rules.builders.trusted
    .filter((rule) => rule.keyid === keyid)
    .map((rule) => ({ rule, found: differences(rule, attestation.provenance, candidate.version) }))
    .sort((a, b) => a.found.length - b.found.length)[0];
}
