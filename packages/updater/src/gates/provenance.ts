// SPDX-License-Identifier: Apache-2.0
import { builderOf, provenanceChecks } from "@countersign/trust/build/checks";
import { type Check, decide, judge } from "@countersign/trust/check";
import { liftedReleases } from "@countersign/trust/release/choice";
import type { Entry } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import { type Denial, denialOf } from "@countersign/trust/revocation/list";
import { readAttestations } from "@countersign/trust/workflow/attestations";
import { type Gate, gate, goOn, stop } from "../gate.ts";
import { allDenials } from "../memory.ts";

/** A release again, now that the builders whose keys signed its provenance are known. */
interface BuilderSubject {
  readonly candidate: Entry<Statement>;
  readonly builders: readonly string[];
  readonly denials: readonly Denial[];
  readonly lifted: boolean;
  readonly time: number;
}

const builderNotRevoked: Check<BuilderSubject> = {
  name: "provenance/builder-not-revoked",
  source: "deny only: revocations name builders too",
  examine: ({ candidate, builders, denials, lifted, time }) => {
    const denial = lifted ? undefined : denialOf(candidate, denials, time, builders);
    return decide(
      denial === undefined,
      "no denial of its builders",
      denial?.reason ?? (lifted ? "lifted by an order" : "none"),
      "revoked",
      "Build it again with a builder that is trusted still.",
    );
  },
};

/** Gate 10: the approved provenance covers these bytes, from a trusted builder, made of the agreed source in the agreed way. */
export const provenanceGate: Gate = gate({
  number: 10,
  name: "provenance and origin",
  checks: { provenance: provenanceChecks, builder: [builderNotRevoked] },
  async pass(attempt, checks) {
    const { policy } = attempt.policy;
    const statement = attempt.release.body;
    const attestations = await readAttestations(attempt.read, statement.provenance);
    if (!attestations.ok) return attempt.refused(attestations.refusal);
    const subject = { candidate: statement, attestations: attestations.value, policy, rules: attempt.rules, ledger: attempt.ledger };
    const built = attempt.note(judge(subject, checks.provenance));
    if (!built.ok) return stop(built.refusal);
    const builders = attestations.value.flatMap((attestation) => builderOf(attestation, policy, attempt.rules)?.keyid ?? []);
    const { time } = attempt.memory;
    const denials = allDenials(attempt.memory);
    const lifted = liftedReleases(attempt.head).has(attempt.release.digest);
    const allowed = attempt.note(judge({ candidate: attempt.release, builders, denials, lifted, time }, checks.builder));
    return allowed.ok ? goOn : stop(allowed.refusal);
  },
});
