// SPDX-License-Identifier: Apache-2.0
import { type PinnedBuild, pinnedBuild } from "@countersign/trust/build/builder-rule";
import { closed, type Decoder, decodeBytes, digest, distinct, literal, matching, text } from "@countersign/trust/decode";
import { type Digest, sha256 } from "@countersign/trust/digest";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { CertificateFact } from "./fulcio.ts";

/** What a certificate must say, all of it. The commit and the run are compared with the provenance instead. */
export type PinnedFact = Exclude<CertificateFact, "sourceRepositoryDigest" | "runInvocationUri">;

/**
 * Which Sigstore bundles a verifier vouches for. The signed policy of a channel names this document by its SHA-256, so that its pins are the targets quorum's and
 * not the verifier's. All texts are compared exactly, once `{version}` is filled in.
 */
export interface BundlePolicy {
  readonly _type: "bundle-policy";
  readonly spec: "countersign/1";
  /** Of the file with Sigstore's keys and certificates: a `trusted_root.json`. */
  readonly trustedRoot: Digest;
  readonly certificate: Readonly<Record<PinnedFact, string>>;
  /** What the provenance must say. */
  readonly build: PinnedBuild;
  /** What a summary says was verified. */
  readonly levels: readonly string[];
}

/** A bundle policy, and what the signed policy names it by. */
export interface NamedBundlePolicy {
  readonly policy: BundlePolicy;
  readonly digest: Digest;
}

const pin: Decoder<string> = matching(/^[^*]+$/, "a text that is not empty and has no wildcard");

export const bundlePolicy: Decoder<BundlePolicy> = closed<BundlePolicy>({
  _type: literal("bundle-policy"),
  spec: literal("countersign/1"),
  trustedRoot: digest,
  certificate: closed<BundlePolicy["certificate"]>({
    subjectAlternativeName: pin,
    issuer: pin,
    buildSignerUri: pin,
    runnerEnvironment: pin,
    sourceRepositoryUri: pin,
    sourceRepositoryRef: pin,
    sourceRepositoryId: pin,
    sourceRepositoryOwnerId: pin,
    buildConfigUri: pin,
    buildTrigger: pin,
  }),
  build: closed<PinnedBuild>(pinnedBuild),
  levels: distinct(text, 1),
});

/** Reads a bundle policy; one that leaves a pin out, or has an empty one or a wildcard, is refused. */
export function readBundlePolicy(bytes: Uint8Array): Outcome<NamedBundlePolicy> {
  const read = decodeBytes(bundlePolicy, bytes, "bundle policy");
  return read.ok ? accept({ policy: read.value, digest: sha256(bytes) }) : read;
}
