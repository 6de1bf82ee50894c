// SPDX-License-Identifier: Apache-2.0
import { isSummary, readAttested } from "@countersign/trust/build/attested";
import type { Provenance } from "@countersign/trust/build/provenance";
import { type Digest, sha256 } from "@countersign/trust/digest";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { type Bundle, bundleFromJSON, isBundleWithDsseEnvelope } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { type TrustMaterial, toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { type CertificateFacts, factsOf } from "./fulcio.ts";

/** A bundle with SLSA provenance in it, as it was read; nothing is verified yet. */
export interface ReadBundle {
  readonly bundle: Bundle;
  readonly provenance: Provenance;
  /** Of the file, and of what the envelope in it says. */
  readonly digest: Digest;
  readonly payloadDigest: Digest;
}

const remedy = "Give it a bundle as `gh attestation download` or actions/attest-build-provenance writes it.";

/** Reads a Sigstore bundle (v0.1 to v0.3) with a DSSE envelope over SLSA provenance v1. */
export function readBundle(bytes: Uint8Array): Outcome<ReadBundle> {
  const parsed = parse(() => bundleFromJSON(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))));
  if (!parsed.ok) return parsed;
  const bundle = parsed.value;
  if (!isBundleWithDsseEnvelope(bundle)) return refuse("bundle-malformed", "a bundle with a DSSE envelope", bundle.content.$case, remedy);
  const { payload, payloadType } = bundle.content.dsseEnvelope;
  const attested = readAttested({ payload, payloadType, signatures: [], digest: sha256(payload) });
  if (!attested.ok) return attested;
  if (isSummary(attested.value)) return refuse("bundle-malformed", "SLSA provenance", "a summary", remedy);
  return accept({ bundle, provenance: attested.value, digest: sha256(bytes), payloadDigest: sha256(payload) });
}

/** Sigstore's keys and certificates, from a `trusted_root.json`. */
export function readTrustedRoot(bytes: Uint8Array): Outcome<TrustMaterial> {
  return parse(() => toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(Buffer.from(bytes).toString()))));
}

/** Of the certificate in the bundle, once Sigstore's own rules held; else why they did not. */
export type SigstoreResult = { readonly facts: CertificateFacts } | { readonly error: string };

/**
 * Verifies a bundle offline: the certificate's chain to a CA of the trusted root, a timestamp of the certificate's minutes, the CT log's promise, the entry in the
 * transparency log with its inclusion, and the signature. Who the certificate is for is not asked here: `@sigstore/verify` would take a name for a pattern.
 */
export function verifySigstore({ bundle }: ReadBundle, material: TrustMaterial): SigstoreResult {
  try {
    const verifier = new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 });
    return { facts: factsOf(verifier.verify(toSignedEntity(bundle))) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }; // whatever is wrong with a stranger's bundle, the library throws it
  }
}

function parse<T>(read: () => T): Outcome<T> {
  try {
    return accept(read());
  } catch (error) {
    return refuse(
      "bundle-malformed",
      "a Sigstore bundle or trusted root in JSON",
      error instanceof Error ? error.message : String(error),
      remedy,
    );
  }
}
