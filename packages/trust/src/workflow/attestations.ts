// SPDX-License-Identifier: Apache-2.0

import { readAttested } from "../build/attested.ts";
import type { Attestation } from "../build/checks.ts";
import { readDsse } from "../build/dsse.ts";
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
  const envelope = readDsse(bytes.value);
  if (!envelope.ok) return envelope;
  const provenance = readAttested(envelope.value);
  if (!provenance.ok) return provenance;
  const proof = await readProof(read, digest);
  return proof.ok ? accept({ envelope: envelope.value, provenance: provenance.value, proof: proof.value }) : proof;
}
