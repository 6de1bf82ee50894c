// SPDX-License-Identifier: Apache-2.0
import { type Step, stopped, type Verdict } from "../check.ts";
import { defaultLimits, type Limits } from "../limits.ts";
import { accept } from "../refusal.ts";
import type { Asking } from "./asking.ts";
import { type Freshness, freshnessAt, strict, tolerating } from "./freshness.ts";
import { metadataPath } from "./metadata-path.ts";
import { bytesOf, type Cycle, fetchListed, needed, notKept, obtainTargets } from "./obtain.ts";
import { isListed } from "./role.ts";
import {
  acceptRoot,
  acceptSnapshot,
  acceptTimestamp,
  listedSnapshot,
  passedOver,
  type Rules,
  recall,
  settleRoot,
  specification,
  type Trusted,
} from "./trusted.ts";

export interface RefreshOptions {
  /** TUF 5.1: the time at which the update began, Unix milliseconds. It is the time of every check. */
  readonly now: number;
  readonly freshness?: Freshness | undefined;
  readonly limits?: Limits | undefined;
  readonly rules?: Rules | undefined;
}

/**
 * TUF 5.3 to 5.6.6, the top-level roles, in the specification's order of requests: `N.root.json` until there is none, `timestamp.json`,
 * snapshot, targets. What the store has is judged exactly like what was fetched, and where it is the listed file, nothing is fetched. Begin
 * with `trustRoot`.
 */
export function* refresh(trusted: Trusted, options: RefreshOptions): Asking<Step<Trusted>> {
  const { now, limits = defaultLimits, rules = specification } = options;
  const freshness = freshnessAt(options.freshness ?? strict, now);
  const cycle: Cycle = { now, limits, rules: rulesUnder(rules, freshness), online: freshness.kind === "strict" };
  const first = yield* run(trusted, cycle);
  if (first.outcome.ok || freshness.kind !== "lazy") return first;
  const second = yield* run(trusted, { ...cycle, online: true });
  return { ...second, verdicts: [...first.verdicts, ...second.verdicts] };
}

/** The rules as a freshness policy has them. */
export function rulesUnder(rules: Rules, freshness: Freshness): Rules {
  return {
    root: rules.root,
    newestRoot: tolerating(rules.newestRoot, freshness),
    timestamp: { authentic: rules.timestamp.authentic, current: tolerating(rules.timestamp.current, freshness) },
    snapshot: tolerating(rules.snapshot, freshness),
    targets: (role) => tolerating(rules.targets(role), freshness),
  };
}

function* run(begin: Trusted, cycle: Cycle): Asking<Step<Trusted>> {
  const verdicts: Verdict[] = [];
  let trusted = begin;
  for (const part of [roots, recovery, timestamp, snapshot, targets]) {
    const step = yield* part(trusted, cycle);
    verdicts.push(...step.verdicts);
    if (!step.outcome.ok) return { verdicts, outcome: step.outcome };
    trusted = step.outcome.value;
  }
  return { verdicts, outcome: accept(trusted) };
}

/** TUF 5.3.2 to 5.3.10. */
function* roots(begin: Trusted, { now, limits, rules, online }: Cycle): Asking<Step<Trusted>> {
  const verdicts: Verdict[] = [];
  let trusted = begin;
  for (let fetched = 0; fetched < limits.rootRotations; ) {
    const version = trusted.root.signed.version + 1;
    const kept = bytesOf(yield { kind: "read", role: "root", version, maxBytes: limits.rootBytes });
    let step = kept && acceptRoot(trusted, kept, rules, limits);
    if (step?.outcome.ok === false) verdicts.push(passedOver("root", step.outcome.refusal));
    if (!step?.outcome.ok) {
      if (!online) break;
      const answer = yield { kind: "fetch", role: "root", version, path: metadataPath("root", version), maxBytes: limits.rootBytes };
      if (!answer.ok) return stopped(answer.refusal, verdicts);
      if (answer.value === undefined) break;
      fetched++;
      step = acceptRoot(trusted, answer.value, rules, limits);
      if (step.outcome.ok) yield { kind: "keep", role: "root", version, bytes: answer.value };
    }
    verdicts.push(...step.verdicts);
    if (!step.outcome.ok) return { verdicts, outcome: step.outcome };
    trusted = step.outcome.value;
  }
  const settled = settleRoot(trusted, now, rules);
  return { ...settled, verdicts: [...verdicts, ...settled.verdicts] };
}

/** TUF 5.3.11. */
function* recovery(trusted: Trusted, { limits }: Cycle): Asking<Step<Trusted>> {
  const timestamp = bytesOf(yield { kind: "read", role: "timestamp", version: undefined, maxBytes: limits.timestampBytes });
  const snapshot = bytesOf(yield { kind: "read", role: "snapshot", version: undefined, maxBytes: limits.snapshotBytes });
  const step = recall(trusted, { timestamp, snapshot }, limits);
  const recalled = step.outcome.ok ? step.outcome.value : trusted;
  if (timestamp !== undefined && recalled.timestamp === undefined) yield { kind: "forget", role: "timestamp" };
  if (snapshot !== undefined && recalled.snapshot === undefined) yield { kind: "forget", role: "snapshot" };
  return step;
}

/** TUF 5.4. */
function* timestamp(trusted: Trusted, { now, limits, rules, online }: Cycle): Asking<Step<Trusted>> {
  if (!online) return trusted.timestamp ? acceptTimestamp(trusted, trusted.timestamp, now, rules) : notKept("timestamp");
  const path = metadataPath("timestamp", undefined);
  const file = needed(yield { kind: "fetch", role: "timestamp", version: undefined, path, maxBytes: limits.timestampBytes }, path);
  if (!file.ok) return stopped(file.refusal);
  const step = acceptTimestamp(trusted, file.value, now, rules, limits);
  const accepted = step.outcome.ok ? step.outcome.value.timestamp : undefined;
  if (accepted !== undefined && accepted !== trusted.timestamp)
    yield { kind: "keep", role: "timestamp", version: accepted.signed.version, bytes: accepted.bytes };
  return step;
}

/** TUF 5.5. The one that is kept may be the listed one already; it serves to hold off older ones even where it is not. */
function* snapshot(trusted: Trusted, { now, limits, rules, online }: Cycle): Asking<Step<Trusted>> {
  const verdicts: Verdict[] = [];
  const listed = listedSnapshot(trusted);
  if (trusted.snapshot !== undefined && isListed(trusted.snapshot, listed)) {
    const step = acceptSnapshot(trusted, trusted.snapshot, now, rules, limits);
    if (step.outcome.ok || !online) return step;
    verdicts.push(passedOver("snapshot", step.outcome.refusal));
  }
  if (!online) return notKept("snapshot");
  const file = yield* fetchListed("snapshot", trusted, listed, limits.snapshotBytes);
  if (!file.ok) return stopped(file.refusal, verdicts);
  const step = acceptSnapshot(trusted, file.value, now, rules, limits);
  if (step.outcome.ok) yield { kind: "keep", role: "snapshot", version: listed.version, bytes: file.value };
  return { ...step, verdicts: [...verdicts, ...step.verdicts] };
}

/** TUF 5.6.1 to 5.6.6. */
function* targets(trusted: Trusted, cycle: Cycle): Asking<Step<Trusted>> {
  return yield* obtainTargets("targets", "root", trusted, cycle);
}
