// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "../check.ts";
import { loggedCheck, publicSince } from "../ledger/inclusion.ts";
import { principalOf } from "../policy/policy.ts";
import { ownersOf } from "../quorum.ts";
import type { Attestation } from "./attestation.ts";
import { isSummary } from "./attested.ts";
import { builderOf, closest, type ProvenanceSubject, sumsUp } from "./builder.ts";
import { isVerifierRule } from "./builder-rule.ts";
import { certificateChecks } from "./certificate-checks.ts";
import { originOf } from "./origin.ts";

/** Gate 10, in the order of the SLSA v1 verification: signature, subject, builder, build type, parameters, source; specified in docs/provenance.md. */
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
      const found = attestations.map((attestation) => ({
        rule: builderOf(attestation, policy, rules)?.rule,
        again: sumsUp(attestation, attestations),
      }));
      const owners = ownersOf(
        found.flatMap(({ rule, again }) => (rule === undefined || again ? [] : [rule.keyid])),
        (keyid) => principalOf(policy, keyid),
      );
      return decide(
        found.every(({ rule }) => rule !== undefined) && owners.length >= rules.builders.quorum,
        `${rules.builders.quorum} trusted builder${rules.builders.quorum === 1 ? "" : "s"}, each signing its own provenance`,
        found.flatMap(({ rule, again }) => (rule === undefined ? [] : [again ? `${rule.id}, of one of these` : rule.id])).join("; ") ||
          "none",
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
    source: "SLSA v1 verification 3 and VSA v1 verification 3 to 7: all exact",
    examine: (subject) => {
      const found = subject.attestations.flatMap((attestation) => closest(attestation, subject)?.found ?? []);
      return decide(
        found.length === 0,
        "exactly what the policy says of this builder",
        found.join("; ") || "all equal",
        "provenance-differs",
        "Something was built from another source or in another way than agreed; find out which.",
      );
    },
  },
  {
    name: "provenance/commit",
    source: "builders who vouch for one release built one commit",
    examine: ({ attestations }) => {
      const builds = attestations.flatMap(({ provenance }) => (isSummary(provenance) ? [] : [originOf(provenance)]));
      const commits = [...new Set(builds.map(({ commit }) => commit))];
      return decide(
        commits.length <= 1,
        "one source commit",
        commits.join(", ") || "summaries only",
        "commits-differ",
        "The builders were given different sources; build one commit with all of them.",
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
  ...certificateChecks,
  {
    name: "provenance/summary-time",
    source: "VSA v1 timeVerified, against the witnessed time of its entry",
    examine: (subject) => {
      const wrong = subject.attestations.flatMap((attestation) => wrongTime(attestation, subject));
      return decide(
        wrong.length === 0,
        "verified before its entry in the ledger, and not long before",
        wrong.join("; ") || "all in time",
        "summary-outdated",
        "Let the verifier look at the build again.",
      );
    },
  },
];

/** What is wrong with the time of a summary, whose proof was verified before. */
function wrongTime(attestation: Attestation, subject: ProvenanceSubject): readonly string[] {
  const { provenance, proof } = attestation;
  const rule = closest(attestation, subject)?.rule;
  if (!isSummary(provenance) || rule === undefined || !isVerifierRule(rule)) return [];
  const { timeVerified } = provenance.predicate;
  const entry = publicSince(proof, subject.ledger);
  const time = Date.parse(timeVerified) / 1000;
  const inTime = entry.ok && time <= entry.value && time >= entry.value - rule.withinSeconds;
  return inTime ? [] : [`verified ${timeVerified}, in the ledger since ${entry.ok ? new Date(entry.value * 1000).toISOString() : "never"}`];
}
