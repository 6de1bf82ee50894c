// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome } from "../refusal.ts";
import { type Attested, readAttested } from "./attested.ts";
import { type Dsse, readDsse } from "./dsse.ts";

/** One provenance file, or one verifier's summary of some, with the proof of its ledger entry. */
export interface Attestation {
  readonly envelope: Dsse;
  /** What is in this envelope. */
  readonly provenance: Attested;
  readonly proof: string;
}

/** Reads a provenance file. Neither it nor the proof is verified: that is for `provenanceChecks`. */
export function attestationIn(bytes: Uint8Array, proof: string): Outcome<Attestation> {
  const envelope = readDsse(bytes);
  if (!envelope.ok) return envelope;
  const provenance = readAttested(envelope.value);
  return provenance.ok ? accept({ envelope: envelope.value, provenance: provenance.value, proof }) : provenance;
}
