// SPDX-License-Identifier: Apache-2.0
import { type Step, stopped, type Verdict } from "../check.ts";
import type { Limits } from "../limits.ts";
import { accept, type Outcome, refuse } from "../refusal.ts";
import type { Answer, Asking } from "./asking.ts";
import { type MetaFile, matchesHashes } from "./meta.ts";
import { metadataPath } from "./metadata-path.ts";
import { acceptTargets, listedTargets, passedOver, type Rules, type Trusted } from "./trusted.ts";

/** One way through the workflow; whether it may ask the repository, or has to do with the store. */
export interface Cycle {
  readonly now: number;
  readonly limits: Limits;
  readonly rules: Rules;
  readonly online: boolean;
}

/** One targets role from the store, if that has the listed file, or else from the repository. */
export function* obtainTargets(role: string, parent: string, trusted: Trusted, cycle: Cycle): Asking<Step<Trusted>> {
  const { now, limits, rules, online } = cycle;
  const listed = listedTargets(trusted, role);
  if (!listed.ok) return stopped(listed.refusal);
  const kept = bytesOf(yield { kind: "read", role, version: undefined, maxBytes: limits.targetsBytes });
  const verdicts: Verdict[] = [];
  if (kept !== undefined && (listed.value.hashes === undefined || matchesHashes(kept, listed.value.hashes))) {
    const step = acceptTargets(trusted, role, parent, kept, now, rules, limits);
    if (step.outcome.ok || !online) return step;
    if (step.outcome.refusal.code !== "not-the-listed-file") verdicts.push(passedOver(role, step.outcome.refusal));
  }
  if (!online) return notKept(role);
  const file = yield* fetchListed(role, trusted, listed.value, limits.targetsBytes);
  if (!file.ok) return stopped(file.refusal, verdicts);
  const step = acceptTargets(trusted, role, parent, file.value, now, rules, limits);
  if (step.outcome.ok) yield { kind: "keep", role, version: listed.value.version, bytes: file.value };
  return { ...step, verdicts: [...verdicts, ...step.verdicts] };
}

/** Never more than the limit, whatever is listed: the key that lists is online. */
export function* fetchListed(role: string, { root }: Trusted, { version, length }: MetaFile, limit: number): Asking<Outcome<Uint8Array>> {
  const path = metadataPath(role, root.signed.consistent_snapshot ? version : undefined);
  return needed(yield { kind: "fetch", role, version, path, maxBytes: Math.min(length ?? limit, limit) }, path);
}

/** The bytes of a file without which the workflow cannot go on. */
export function needed(answer: Answer, path: string): Outcome<Uint8Array> {
  if (!answer.ok) return answer;
  if (answer.value !== undefined) return accept(answer.value);
  return refuse("missing-file", path, "no such file", "The repository is incomplete; use another mirror or wait for the publisher.");
}

/** Ends what may not ask the repository, and does not find in the store what it needs. */
export function notKept(role: string): Step<never> {
  return stopped(
    refuse("not-in-store", `the listed ${role}.json in the local store`, "none", "Refresh once with the repository at hand.").refusal,
  );
}

/** What cannot be read from the store is not there: it will be fetched. */
export function bytesOf(answer: Answer): Uint8Array | undefined {
  return answer.ok ? answer.value : undefined;
}
