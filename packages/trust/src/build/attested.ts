// SPDX-License-Identifier: Apache-2.0
import { type Decoder, decodeBytes, literal, open } from "../decode.ts";
import { type Outcome, refuse } from "../refusal.ts";
import type { Dsse } from "./dsse.ts";
import { inTotoPayloadType } from "./in-toto.ts";
import { type Provenance, provenance } from "./provenance.ts";
import { type VerificationSummary, verificationSummary } from "./summary.ts";

/** What an envelope under `provenance/<sha256>` may say: how something was built, or that a verifier has looked at that. */
export type Attested = Provenance | VerificationSummary;

const predicate = open({ predicateType: literal("https://slsa.dev/provenance/v1", "https://slsa.dev/verification_summary/v1") });

const attested: Decoder<Attested> = (value, at) =>
  predicate(value, at).predicateType === "https://slsa.dev/provenance/v1" ? provenance(value, at) : verificationSummary(value, at);

/** Reads the payload of an envelope; who signed the envelope is another question. */
export function readAttested(envelope: Dsse): Outcome<Attested> {
  if (envelope.payloadType !== inTotoPayloadType)
    return refuse("payload-type", inTotoPayloadType, envelope.payloadType, "Attest with: countersign build attest");
  return decodeBytes(attested, envelope.payload, "provenance");
}

export function isSummary(attested: Attested): attested is VerificationSummary {
  return attested.predicateType === "https://slsa.dev/verification_summary/v1";
}

/** Who claims to have built, or verified, it. */
export function claimedBuilder(attested: Attested): string {
  return isSummary(attested) ? attested.predicate.verifier.id : attested.predicate.runDetails.builder.id;
}
