// SPDX-License-Identifier: Apache-2.0
import { provenanceChecks } from "@countersign/trust/build/checks";
import { type Check, decide, judge } from "@countersign/trust/check";
import type { Digest } from "@countersign/trust/digest";
import { liftedDenials } from "@countersign/trust/release/choice";
import type { Entry } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import { type Built, builtBy, deniableNames, denialOf } from "@countersign/trust/revocation/deniable";
import type { Denial } from "@countersign/trust/revocation/list";
import { readAttestations } from "@countersign/trust/workflow/attestations";
import { type Gate, gate, goOn, stop } from "../gate.ts";
import { allDenials } from "../memory.ts";
import { consistentCheck, provenInOneLedger } from "../one-ledger.ts";
import { contextsOf, judgeUnderEach } from "../under-policies.ts";

/** A release again, now that its provenance was read. */
interface BuiltSubject extends Built {
  readonly candidate: Entry<Statement>;
  readonly denials: readonly Denial[];
  readonly lifted: ReadonlySet<Digest>;
  readonly time: number;
}

const buildNotRevoked: Check<BuiltSubject> = {
  name: "provenance/builder-not-revoked",
  source: "deny only: revocations name builders and builds too",
  examine: ({ candidate, denials, lifted, time, ...built }) => {
    const denial = denialOf(deniableNames(candidate, built), denials, time, lifted);
    return decide(
      denial === undefined,
      "no denial of its builders, nor of what they say",
      denial?.reason ?? "none that stands",
      "revoked",
      "Build it again, with a builder that is trusted still.",
    );
  },
};

/** Gate 10: the approved provenance covers these bytes, from a trusted builder, made of the agreed source in the agreed way, in the ledger that this device follows. */
export const provenanceGate: Gate = gate({
  number: 10,
  name: "provenance and origin",
  checks: { provenance: provenanceChecks, consistency: [consistentCheck("provenance")], builder: [buildNotRevoked] },
  async pass(attempt, checks) {
    const { release: candidate, found, memory } = attempt;
    const read = await readAttestations(attempt.read, candidate.body.provenance);
    if (!read.ok) return attempt.refused(read.refusal);
    const attestations = read.value;
    const built = judgeUnderEach(attempt, (context) => ({ candidate: candidate.body, attestations, ...context }), checks.provenance);
    if (!built.ok) return stop(built.refusal);
    for (const { proof } of attestations) {
      const ofThis = await provenInOneLedger(attempt, proof, checks.consistency);
      if (!ofThis.ok) return stop(ofThis.refusal);
    }
    const names = builtBy(attestations, contextsOf(attempt));
    found.built = names;
    const lifted = liftedDenials(attempt.head, candidate.digest);
    const allowed = attempt.note(judge({ candidate, ...names, denials: allDenials(memory), lifted, time: memory.time }, checks.builder));
    return allowed.ok ? goOn : stop(allowed.refusal);
  },
});
