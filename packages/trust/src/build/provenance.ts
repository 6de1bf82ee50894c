// SPDX-License-Identifier: Apache-2.0
import type { Json } from "../canonical.ts";
import { type Decoder, json, literal, open, optional, record, text } from "../decode.ts";
import { type ResourceDescriptor, resources, type StatementType, type Subject, subjects } from "./in-toto.ts";
import { type InternalParameters, internalParameters } from "./platform-facts.ts";

/** An in-toto Statement v1 with a SLSA Provenance v1 predicate: what was built, from what, how and by whom. */
export interface Provenance {
  readonly _type: StatementType;
  readonly subject: readonly Subject[];
  readonly predicateType: "https://slsa.dev/provenance/v1";
  readonly predicate: {
    readonly buildDefinition: {
      readonly buildType: string;
      /** What whoever started the build could choose. */
      readonly externalParameters: Readonly<Record<string, Json>>;
      /** What the platform says by itself. */
      readonly internalParameters?: InternalParameters | undefined;
      /** The source first. */
      readonly resolvedDependencies: readonly ResourceDescriptor[];
    };
    readonly runDetails: {
      readonly builder: { readonly id: string };
      /** `invocationId` is the run, as the platform numbers them. */
      readonly metadata?: { readonly invocationId?: string | undefined } | undefined;
    };
  };
}

/** Fields that the specification does not name are allowed, as it demands; external parameters are all kept, and compared. */
export const provenance: Decoder<Provenance> = open<Provenance>({
  _type: literal("https://in-toto.io/Statement/v1"),
  subject: subjects,
  predicateType: literal("https://slsa.dev/provenance/v1"),
  predicate: open({
    buildDefinition: open({
      buildType: text,
      externalParameters: record(text, json),
      internalParameters: optional(internalParameters),
      resolvedDependencies: resources,
    }),
    runDetails: open({ builder: open({ id: text }), metadata: optional(open({ invocationId: optional(text) })) }),
  }),
});
