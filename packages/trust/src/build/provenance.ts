// SPDX-License-Identifier: Apache-2.0
import { array, type Decoder, decodeBytes, digest, literal, matching, open, record, text } from "../decode.ts";
import type { Digest } from "../digest.ts";
import { type Outcome, refuse } from "../refusal.ts";
import type { Dsse } from "./dsse.ts";

export const inTotoPayloadType = "application/vnd.in-toto+json";

/** An in-toto Statement v1 with a SLSA Provenance v1 predicate: what was built, from what, by whom. */
export interface Provenance {
  readonly _type: "https://in-toto.io/Statement/v1";
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: Digest } }[];
  readonly predicateType: "https://slsa.dev/provenance/v1";
  readonly predicate: {
    readonly buildDefinition: {
      readonly buildType: string;
      readonly externalParameters: Readonly<Record<string, string>>;
      readonly resolvedDependencies: readonly { readonly uri: string; readonly digest: { readonly gitCommit: string } }[];
    };
    readonly runDetails: { readonly builder: { readonly id: string } };
  };
}

const gitCommit: Decoder<string> = matching(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "a git commit in hex");

const provenance: Decoder<Provenance> = open<Provenance>({
  _type: literal("https://in-toto.io/Statement/v1"),
  subject: array(open({ name: text, digest: open({ sha256: digest }) }), 1, 1024),
  predicateType: literal("https://slsa.dev/provenance/v1"),
  predicate: open({
    buildDefinition: open({
      buildType: text,
      externalParameters: record(text, text),
      resolvedDependencies: array(open({ uri: text, digest: open({ gitCommit }) }), 1, 1024),
    }),
    runDetails: open({ builder: open({ id: text }) }),
  }),
});

/** Reads the payload of an envelope as provenance; who signed the envelope is another question. */
export function readProvenance(envelope: Dsse): Outcome<Provenance> {
  if (envelope.payloadType !== inTotoPayloadType)
    return refuse("payload-type", inTotoPayloadType, envelope.payloadType, "Attest with: countersign build attest");
  return decodeBytes(provenance, envelope.payload, "provenance");
}
