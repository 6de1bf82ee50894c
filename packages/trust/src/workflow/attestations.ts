// SPDX-License-Identifier: Apache-2.0
import { type Attestation, attestationIn } from "../build/attestation.ts";
import type { Digest } from "../digest.ts";
import { accept, type Outcome } from "../refusal.ts";
import { type Read, readFile, readProof } from "./step.ts";

/** Reads the provenance files of these digests, each with its proof. Nothing is verified: that is for `provenanceChecks`. */
export async function readAttestations(read: Read, digests: readonly Digest[]): Promise<Outcome<readonly Attestation[]>> {
  const attestations: Attestation[] = [];
  for (const digest of digests) {
    const attestation = await readAttestation(read, digest);
    if (!attestation.ok) return attestation;
    attestations.push(attestation.value);
  }
  return accept(attestations);
}

/** Reads one of them. */
export async function readAttestation(read: Read, digest: Digest): Promise<Outcome<Attestation>> {
  const bytes = await readFile(read, `provenance/${digest}`);
  if (!bytes.ok) return bytes;
  const proof = await readProof(read, digest);
  return proof.ok ? attestationIn(bytes.value, proof.value) : proof;
}
