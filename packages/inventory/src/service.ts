// SPDX-License-Identifier: Apache-2.0
import { isVerifierRule, type TrustedBuilder } from "@countersign/trust/build/builder-rule";
import type { Policy } from "@countersign/trust/policy/policy";

// What an attacker can take that has no key of ours: its absence can be missed, or its word is taken by those who have keys.

/** Where devices download, and where people and CI meet. */
const processes: readonly string[] = ["distribute", "govern"];

/** Every service on which some channel of a policy rests: two processes, and the platforms whose tokens issuers of build keys take. */
export function servicesOf({ channels }: Policy): readonly string[] {
  return [...processes, ...platformsOf(Object.values(channels).flatMap(({ builders }) => builders.trusted))];
}

/** The token issuers of the platforms on which these builders run, each once; a builder with a standing key has none. */
export function platformsOf(rules: readonly TrustedBuilder[]): readonly string[] {
  return [...new Set(rules.flatMap((rule) => (isVerifierRule(rule) ? [] : (rule.certified?.token.issuer ?? []))))];
}
