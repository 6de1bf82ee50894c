// SPDX-License-Identifier: Apache-2.0
import type { Json } from "../canonical.ts";
import { originOf } from "./origin.ts";
import type { PlatformFacts } from "./platform-facts.ts";
import type { Provenance } from "./provenance.ts";

/** All that is agreed on about a build, but for its bytes: what rules pin, certificates are given for and provenance tells. What is not said is absent. */
export interface BuildClaims extends PlatformFacts {
  readonly builder: string;
  readonly buildType: string;
  /** The source repository, without the ref. */
  readonly source?: string | undefined;
  readonly ref?: string | undefined;
  /** Git commit in hex. */
  readonly commit?: string | undefined;
  readonly parameters: Readonly<Record<string, Json>>;
}

export function claimsOf(provenance: Provenance): BuildClaims {
  const { buildDefinition, runDetails } = provenance.predicate;
  const { repository, ...origin } = originOf(provenance);
  return {
    ...origin,
    builder: runDetails.builder.id,
    buildType: buildDefinition.buildType,
    source: repository,
    parameters: buildDefinition.externalParameters,
  };
}

/** Which run it was, as the platform numbers them. */
export function runIdOf({ predicate }: Provenance): string | undefined {
  return predicate.runDetails.metadata?.invocationId;
}
