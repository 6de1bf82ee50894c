// SPDX-License-Identifier: Apache-2.0
import { builderOf, provenanceChecks } from "@countersign/trust/build/checks";
import { type Check, decide, judge } from "@countersign/trust/check";
import type { Digest } from "@countersign/trust/digest";
import { liftedDenials } from "@countersign/trust/release/choice";
import type { Entry } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import { deniableNames, denialOf } from "@countersign/trust/revocation/deniable";
import type { Denial } from "@countersign/trust/revocation/list";
import { readAttestations } from "@countersign/trust/workflow/attestations";
import { type Gate, gate, goOn, stop } from "../gate.ts";
import { allDenials } from "../memory.ts";
import { contextsOf, judgeUnderEach } from "../under-policies.ts";

/** A release again, now that the builders whose keys signed its provenance are known. */
interface BuilderSubject {
  readonly candidate: Entry<Statement>;
  readonly builders: readonly string[];
  readonly denials: readonly Denial[];
  readonly lifted: ReadonlySet<Digest>;
  readonly time: number;
}

const builderNotRevoked: Check<BuilderSubject> = {
  name: "provenance/builder-not-revoked",
  source: "deny only: revocations name builders too",
  examine: ({ candidate, builders, denials, lifted, time }) => {
    const denial = denialOf(deniableNames(candidate, builders), denials, time, lifted);
    return decide(
      denial === undefined,
      "no denial of its builders",
      denial?.reason ?? "none that stands",
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
    const { release: candidate, found, memory } = attempt;
    const read = await readAttestations(attempt.read, candidate.body.provenance);
    if (!read.ok) return attempt.refused(read.refusal);
    const attestations = read.value;
    const built = judgeUnderEach(attempt, (context) => ({ candidate: candidate.body, attestations, ...context }), checks.provenance);
    if (!built.ok) return stop(built.refusal);
    const keys = contextsOf(attempt).flatMap(({ policy, rules }) =>
      attestations.map((each) => builderOf(each, policy, rules)?.keyid ?? []),
    );
    const builders = [...new Set(keys.flat())];
    found.builders = builders;
    const lifted = liftedDenials(attempt.head, candidate.digest);
    const allowed = attempt.note(judge({ candidate, builders, denials: allDenials(memory), lifted, time: memory.time }, checks.builder));
    return allowed.ok ? goOn : stop(allowed.refusal);
  },
});
