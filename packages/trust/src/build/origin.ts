// SPDX-License-Identifier: Apache-2.0
import { type PlatformFacts, platformFacts } from "./platform-facts.ts";
import type { Provenance } from "./provenance.ts";

/** Where something was built from, and where. What a provenance does not say is absent. */
export interface Origin extends PlatformFacts {
  readonly repository?: string | undefined;
  readonly ref?: string | undefined;
  /** Git commit in hex. */
  readonly commit?: string | undefined;
}

/** The first resolved dependency is the source: `git+https://host/path`, then `@` and the ref where the platform states one. */
export function originOf({ predicate: { buildDefinition } }: Provenance): Origin {
  const [source] = buildDefinition.resolvedDependencies;
  const uri = source?.uri ?? "";
  const at = uri.indexOf("@refs/");
  return {
    ...platformFacts(buildDefinition.internalParameters ?? {}),
    repository: at === -1 ? source?.uri : uri.slice(0, at),
    ref: at === -1 ? undefined : uri.slice(at + 1),
    commit: commitIn(source?.digest?.["gitCommit"]),
  };
}

/** SHA-1 or SHA-256 in full; anything else names no commit. */
function commitIn(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text) ? text : undefined;
}
