// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "../check.ts";
import type { LedgerTrust } from "../ledger/checkpoint.ts";
import { loggedCheck } from "../ledger/inclusion.ts";
import { type BuilderRule, type ChannelRules, type Policy, principalOf } from "../policy/policy.ts";
import { ownersOf } from "../quorum.ts";
import type { Statement } from "../release/statement.ts";
import { type Dsse, dsseSignedBy } from "./dsse.ts";
import type { Provenance } from "./provenance.ts";

/** One provenance file with the proof of its ledger entry. */
export interface Attestation {
  readonly envelope: Dsse;
  readonly provenance: Provenance;
  readonly proof: string;
}

export interface ProvenanceSubject {
  readonly candidate: Statement;
  /** The files that the statement names, in its order. */
  readonly attestations: readonly Attestation[];
  readonly policy: Policy;
  readonly rules: ChannelRules;
  readonly ledger: LedgerTrust;
}

/** The trusted builder behind an attestation: the one whose key signed the envelope. */
export function builderOf({ envelope }: Attestation, policy: Policy, rules: ChannelRules): BuilderRule | undefined {
  return rules.builders.trusted.find(({ keyid }) => {
    const key = policy.holders[keyid]?.key;
    return key !== undefined && dsseSignedBy(envelope, key);
  });
}

/** Gate 10, in the order of the SLSA v1 verification: signature, subject, builder, build type, parameters, source. */
export const provenanceChecks: readonly Check<ProvenanceSubject>[] = [
  {
    name: "provenance/named",
    source: "the approved statement names its provenance by digest",
    examine: ({ candidate, attestations }) =>
      decide(
        candidate.provenance.length === attestations.length &&
          candidate.provenance.every((digest, index) => attestations[index]?.envelope.digest === digest),
        candidate.provenance.map((digest) => digest.slice(0, 12)).join(", "),
        attestations.map(({ envelope }) => envelope.digest.slice(0, 12)).join(", ") || "none",
        "provenance-not-named",
        "Serve the provenance files that were approved.",
      ),
  },
  {
    name: "provenance/builders",
    source: "SLSA v1 verification 1: the envelope's signature, by a trusted builder",
    examine: ({ attestations, policy, rules }) => {
      const builders = attestations.map((attestation) => builderOf(attestation, policy, rules)).filter((rule) => rule !== undefined);
      const owners = ownersOf(
        builders.map((rule) => rule.keyid),
        (keyid) => principalOf(policy, keyid),
      );
      return decide(
        builders.length === attestations.length && owners.length >= rules.builders.quorum,
        `${rules.builders.quorum} trusted builder${rules.builders.quorum === 1 ? "" : "s"}, each signing its own provenance`,
        builders.map((rule) => rule.id).join(", ") || "none",
        "builder-not-trusted",
        "Build it where the policy says, or let the targets quorum add the builder to the policy.",
      );
    },
  },
  {
    name: "provenance/subject",
    source: "SLSA v1 verification: the subject is these bytes",
    examine: ({ candidate, attestations }) => {
      const missing = candidate.artifacts.find(
        ({ sha256 }) => !attestations.every(({ provenance }) => provenance.subject.some((subject) => subject.digest.sha256 === sha256)),
      );
      return decide(
        missing === undefined,
        `every artifact is a subject of every provenance`,
        missing === undefined
          ? `${candidate.artifacts.length} artifacts`
          : `nothing about ${missing.name} (${missing.sha256.slice(0, 12)})`,
        "artifact-not-attested",
        "These bytes are not what the builder built; build and attest them again.",
      );
    },
  },
  {
    name: "provenance/definition",
    source: "SLSA v1 verification 3: builder id, build type, external parameters, source, all exact",
    examine: ({ attestations, policy, rules }) => {
      const differences = attestations.flatMap((attestation) => {
        const rule = builderOf(attestation, policy, rules);
        return rule === undefined ? [] : differencesFrom(rule, attestation.provenance);
      });
      return decide(
        differences.length === 0,
        "exactly what the policy says of this builder",
        differences.join("; ") || "all equal",
        "provenance-differs",
        "Something was built from another source or in another way than agreed; find out which.",
      );
    },
  },
  {
    name: "provenance/logged",
    source: "C2SP tlog-proof of the provenance entry",
    examine: ({ attestations, ledger }) => {
      for (const { envelope, proof } of attestations) {
        const logged = loggedCheck("provenance").examine({ candidate: { type: "provenance", digest: envelope.digest }, proof, ledger });
        if (!logged.ok) return logged;
      }
      return { ok: true, value: { expected: "each in the ledger", found: `${attestations.length} proven` } };
    },
  },
];

function differencesFrom(rule: BuilderRule, { predicate }: Provenance): readonly string[] {
  const { buildDefinition, runDetails } = predicate;
  const parameters = buildDefinition.externalParameters;
  const names = [...new Set([...Object.keys(rule.parameters), ...Object.keys(parameters)])];
  const compared: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ["builder.id", rule.id, runDetails.builder.id],
    ["buildType", rule.buildType, buildDefinition.buildType],
    ["source", rule.source, buildDefinition.resolvedDependencies[0]?.uri],
    ...names.map((name) => [`externalParameters.${name}`, rule.parameters[name], parameters[name]] as const),
  ];
  return compared
    .filter(([, wanted, given]) => wanted !== given)
    .map(([field, wanted, given]) => `${field}: expected ${wanted ?? "nothing"}, found ${given ?? "nothing"}`);
}
