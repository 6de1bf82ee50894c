// SPDX-License-Identifier: Apache-2.0
import { type Step, stopped, type Verdict } from "../check.ts";
import { decode } from "../decode.ts";
import { defaultLimits } from "../limits.ts";
import { accept, refuse } from "../refusal.ts";
import type { Asking } from "./asking.ts";
import { delegatedRoles } from "./delegation.ts";
import { freshnessAt, strict } from "./freshness.ts";
import { type TargetFile, path as targetPath } from "./meta.ts";
import { type Cycle, obtainTargets } from "./obtain.ts";
import { type RefreshOptions, rulesUnder } from "./refresh.ts";
import { acceptTargets, specification, type Trusted } from "./trusted.ts";

export { targetPaths } from "./metadata-path.ts";

/** A target, the role that speaks for it, and what is trusted now: with the roles that were asked on the way. */
export interface Found {
  readonly path: string;
  readonly target: TargetFile;
  readonly role: string;
  readonly trusted: Trusted;
}

/** A role still to be asked, and who delegates to it. */
interface Ahead {
  readonly role: string;
  readonly parent: string;
  readonly depth: number;
}

/**
 * TUF 5.6.7: a pre-order depth-first search for one target, from the top-level targets role down the delegations that cover its path, each
 * role at most once. The first role that lists the target speaks for it. Begin with what `refresh` returned, and go on with what was found.
 */
export function* lookup(begin: Trusted, path: string, options: RefreshOptions): Asking<Step<Found>> {
  const { now, limits = defaultLimits, rules = specification } = options;
  const freshness = freshnessAt(options.freshness ?? strict, now);
  const cycle = { now, limits, rules: rulesUnder(rules, freshness), online: freshness.kind !== "offline" };
  const verdicts: Verdict[] = [];
  const plain = decode(targetPath, path, "the target path");
  if (!plain.ok) return stopped(plain.refusal);

  let trusted = begin;
  const visited = new Set<string>();
  const ahead: Ahead[] = [{ role: "targets", parent: "root", depth: 0 }];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    const { role, depth } = next;
    if (visited.has(role)) continue; // TUF 5.6.7.1: delegations may lead in a circle
    if (visited.size > limits.delegationsVisited || depth > limits.delegationDepth)
      return stopped(tooFar(path, visited.size, depth), verdicts);
    visited.add(role);

    const step = yield* reach(trusted, next, cycle);
    verdicts.push(...step.verdicts);
    if (!step.outcome.ok) return { verdicts, outcome: step.outcome };
    trusted = step.outcome.value;

    const signed = trusted.targets.get(role)?.signed;
    const entry = signed?.targets.get(path) ?? accept(undefined);
    if (!entry.ok) return stopped(entry.refusal, verdicts);
    if (entry.value !== undefined) return { verdicts, outcome: accept({ path, target: entry.value, role, trusted }) };

    const children = signed?.delegations === undefined ? [] : [...delegatedRoles(signed.delegations, path)];
    if (children.at(-1)?.terminating) ahead.length = 0; // TUF 5.6.7.2.1: what this role delegates for good, nobody after it may answer
    ahead.push(...children.map((child) => ({ role: child.role, parent: role, depth: depth + 1 })).reverse());
  }
  const remedy = "Check the path; if it is right, the publisher has not released it.";
  return stopped(
    refuse("no-such-target", `${path} in a role that may speak for it`, `in none of ${visited.size}`, remedy).refusal,
    verdicts,
  );
}

/** A role that is trusted already is judged again for this parent; any other one is obtained. */
function* reach(trusted: Trusted, { role, parent }: Ahead, cycle: Cycle): Asking<Step<Trusted>> {
  const known = trusted.targets.get(role);
  if (role === "targets" && known === undefined) throw new Error("a target was looked for before the top-level targets role was trusted");
  if (role === "targets") return { verdicts: [], outcome: accept(trusted) };
  if (known !== undefined) return acceptTargets(trusted, role, parent, known, cycle.now, cycle.rules, cycle.limits);
  return yield* obtainTargets(role, parent, trusted, cycle);
}

function tooFar(path: string, roles: number, depth: number): ReturnType<typeof refuse>["refusal"] {
  return refuse(
    "delegations-exceeded",
    "an answer within the limits on delegations",
    `none after ${roles} roles, ${depth} deep`,
    `Nobody near the top speaks for ${path}; raise the limits for this repository if you trust its shape.`,
  ).refusal;
}
