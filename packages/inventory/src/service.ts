// SPDX-License-Identifier: Apache-2.0
import { isVerifierRule, type TrustedBuilder } from "@countersign/trust/build/builder-rule";
import type { Policy } from "@countersign/trust/policy/policy";

/** What an attacker can take that has no key of ours: its absence can be missed, or its word is taken by those who have keys. */
export interface Service {
  readonly id: string;
  readonly for: string;
}

const processes: readonly Service[] = [
  { id: "distribute", for: "serve devices" },
  { id: "govern", for: "collect proposals and approvals" },
];

/** Every service on which some channel of a policy rests. */
export function servicesOf({ channels }: Policy): readonly Service[] {
  const builders = Object.values(channels).flatMap(({ builders }) => builders.trusted.flatMap(behind));
  return [...new Map([...processes, ...builders].map((service) => [service.id, service])).values()];
}

/**
 * Who has what a builder with certified keys has, without its issuer's key: whoever runs code in its jobs, and whoever runs the platform on which they run. A
 * builder with a standing key has none, as far as a policy says.
 */
export function behind(rule: TrustedBuilder): readonly Service[] {
  if (isVerifierRule(rule) || rule.certified === undefined) return [];
  return [
    { id: rule.certified.token.issuer, for: "say which job asks for a build key, and run it" },
    { id: `job ${rule.id}`, for: "run the build" },
  ];
}
