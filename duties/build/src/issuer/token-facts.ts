// SPDX-License-Identifier: Apache-2.0
import type { TokenRule } from "@countersign/trust/build/builder-rule";
import type { BuildClaims } from "@countersign/trust/build/claims";

type Fact = "ref" | "repositoryId" | "ownerId" | "runnerEnvironment" | "eventName";
type Claims = Readonly<Record<string, unknown>>;

/** Which claim of a platform's tokens states which fact of a build; of other issuers it is not known, and the policy's pins are all there is. */
const facts: Readonly<Record<TokenRule["kind"], Readonly<Partial<Record<Fact, (claims: Claims) => unknown>>>>> = {
  "github-actions": {
    ref: (claims) => claims["ref"],
    repositoryId: (claims) => claims["repository_id"],
    ownerId: (claims) => claims["repository_owner_id"],
    runnerEnvironment: (claims) => claims["runner_environment"],
    eventName: (claims) => claims["event_name"],
  },
  gitlab: {
    ref: ({ ref, ref_type }) => `refs/${ref_type === "tag" ? "tags" : "heads"}/${ref}`,
    repositoryId: (claims) => claims["project_id"],
    ownerId: (claims) => claims["namespace_id"],
    runnerEnvironment: (claims) => claims["runner_environment"],
    eventName: (claims) => claims["pipeline_source"],
  },
  oidc: {},
};

/** In what a token contradicts the build that its rule would have certified: a policy whose two halves do not mean one build certifies none. */
export function contradictions(kind: TokenRule["kind"], claims: Claims, wanted: BuildClaims): readonly string[] {
  return (Object.entries(facts[kind]) as [Fact, (claims: Claims) => unknown][]).flatMap(([fact, of]) => {
    const [expected, found] = [wanted[fact], of(claims)];
    return expected === undefined || expected === found
      ? []
      : [`${fact}: ${expected} in the policy, ${String(found).slice(0, 100)} in the token`];
  });
}
