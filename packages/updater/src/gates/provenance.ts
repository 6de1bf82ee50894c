// SPDX-License-Identifier: Apache-2.0
import { type Attestation, builderOf, provenanceChecks } from "@countersign/trust/build/checks";
import { readDsse } from "@countersign/trust/build/dsse";
import { readProvenance } from "@countersign/trust/build/provenance";
import { type Check, decide, judge } from "@countersign/trust/check";
import type { Outcome } from "@countersign/trust/refusal";
import type { Denial } from "@countersign/trust/revocation/list";
import { type Read, readFile, readProof } from "@countersign/trust/workflow/step";
import { type Gate, gate, goOn, stop } from "../gate.ts";

/** The builders whose keys signed the provenance, against what was denied. */
interface BuilderSubject {
  readonly candidate: readonly string[];
  readonly denials: readonly Denial[];
}

const builderNotRevoked: Check<BuilderSubject> = {
  name: "provenance/builder-not-revoked",
  source: "deny only: revocations name builders too",
  examine: ({ candidate, denials }) => {
    const denial = denials.find(({ kind, name }) => kind === "builder" && candidate.includes(name));
    return decide(
      denial === undefined,
      "no denial of its builders",
      denial?.reason ?? "none",
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
    const attestations: Attestation[] = [];
    for (const digest of statement.provenance) {
      const attestation = await readAttestation(attempt.read, digest);
      if (!attestation.ok) return attempt.refused(attestation.refusal);
      attestations.push(attestation.value);
    }
    const subject = { candidate: statement, attestations, policy, rules: attempt.rules, ledger: attempt.ledger };
    const built = attempt.note(judge(subject, checks.provenance));
    if (!built.ok) return stop(built.refusal);
    const builders = attestations.flatMap((attestation) => builderOf(attestation, policy, attempt.rules)?.keyid ?? []);
    const allowed = attempt.note(judge({ candidate: builders, denials: attempt.memory.denials }, checks.builder));
    return allowed.ok ? goOn : stop(allowed.refusal);
  },
});

async function readAttestation(read: Read, digest: string): Promise<Outcome<Attestation>> {
  const bytes = await readFile(read, `provenance/${digest}`);
  if (!bytes.ok) return bytes;
  const envelope = readDsse(bytes.value);
  if (!envelope.ok) return envelope;
  const provenance = readProvenance(envelope.value);
  if (!provenance.ok) return provenance;
  const proof = await readProof(read, digest);
  return proof.ok ? { ok: true, value: { envelope: envelope.value, provenance: provenance.value, proof: proof.value } } : proof;
}
