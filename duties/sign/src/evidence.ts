// SPDX-License-Identifier: Apache-2.0
import { hashServed } from "@countersign/repository/served-artifact";
import type { Attestation } from "@countersign/trust/build/attestation";
import type { Digest } from "@countersign/trust/digest";
import type { Statement } from "@countersign/trust/release/statement";
import { readAttestation } from "@countersign/trust/workflow/attestations";
import type { Read } from "@countersign/trust/workflow/step";
import type { SigningSubject } from "./subject.ts";

/** The provenance that a statement names. What cannot be had or read is left out: the checks say what that means. */
export async function readAttestations(read: Read, { provenance }: Statement): Promise<readonly Attestation[]> {
  const found = await Promise.all(provenance.map((digest) => readAttestation(read, digest)));
  return found.flatMap((attestation) => (attestation.ok ? [attestation.value] : []));
}

/** Hashes artifacts as they are served, in bounded memory. Bytes that were right once are not fetched again: their digest is their name. */
export class ArtifactBytes {
  readonly #store: string;
  readonly #right = new Set<Digest>();

  constructor(store: string) {
    this.#store = store;
  }

  async of({ artifacts }: Statement): Promise<SigningSubject["artifacts"]> {
    const hashed: SigningSubject["artifacts"][number][] = [];
    for (const { name, sha256, length } of artifacts) {
      const found = this.#right.has(sha256) ? sha256 : await hashServed(this.#store, sha256, length);
      if (found === sha256) this.#right.add(sha256);
      hashed.push({ name, expected: sha256, found });
    }
    return hashed;
  }
}
