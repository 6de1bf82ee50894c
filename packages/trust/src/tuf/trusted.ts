// SPDX-License-Identifier: Apache-2.0
import { type Check, type Judgement, judge, type Step, stopped, type Verdict } from "../check.ts";
import type { Decoder } from "../decode.ts";
import type { Envelope } from "../envelope.ts";
import { defaultLimits, type Limits } from "../limits.ts";
import type { Authority } from "../quorum.ts";
import { accept, type Outcome, type Refusal, refuse } from "../refusal.ts";
import { authorityOf } from "./delegation.ts";
import type { MetaFile } from "./meta.ts";
import { type OnlineFiles, onlineKeysReplaced, stillStand } from "./recovery.ts";
import { acceptRole, plainReading, type RoleFields, type RoleSubject } from "./role.ts";
import { newestRootChecks, type Root, type RootSubject, root, rootChecks, topAuthority } from "./root.ts";
import { type Snapshot, snapshot, snapshotChecks } from "./snapshot.ts";
import { type Targets, targets, targetsRoleChecks } from "./targets.ts";
import { acceptTimestampFile, type Timestamp, type TimestampRules, timestamp, timestampChecks } from "./timestamp.ts";

/**
 * What a client trusts of a repository. Timestamp and snapshot are what newer ones are measured against; they are signed as the root
 * demands, but may be those of an earlier check. A targets role is in it by its name, whoever delegated to it: `acceptTargets` asks again
 * for every parent.
 */
export interface Trusted {
  readonly root: Envelope<Root>;
  readonly timestamp?: Envelope<Timestamp> | undefined;
  readonly snapshot?: Envelope<Snapshot> | undefined;
  readonly targets: ReadonlyMap<string, Envelope<Targets>>;
}

/** What is asked of every file, as lists to which a caller may add. */
export interface Rules {
  readonly root: readonly Check<RootSubject>[];
  readonly newestRoot: readonly Check<Pick<RoleSubject<Root>, "candidate" | "now">>[];
  readonly timestamp: TimestampRules<RoleSubject<Timestamp>>;
  readonly snapshot: readonly Check<RoleSubject<Snapshot>>[];
  /** `role` names the rules in the trail. */
  targets(role: string): readonly Check<RoleSubject<Targets>>[];
}

/** What the specification demands, and no more. */
export const specification: Rules = {
  root: rootChecks,
  newestRoot: newestRootChecks,
  timestamp: timestampChecks,
  snapshot: snapshotChecks,
  targets: (role) => targetsRoleChecks(role, "5.6"),
};

/** TUF 5.2: the root that was shipped with the client. It must at least be signed as it says itself, and may have expired. */
export function trustRoot(bytes: Uint8Array, limits: Limits = defaultLimits): Step<Trusted> {
  const itself = rootChecks.filter(({ name }) => name === "root/signatures-of-its-own");
  const step = acceptRole(
    root,
    bytes,
    "the root to begin with",
    {} as { readonly trusted: Root },
    itself,
    plainReading(limits, limits.rootBytes),
  );
  return then(step, (file) => ({ root: file, targets: new Map() }));
}

/** TUF 5.3.4 to 5.3.7: the root that follows. What hangs from the old one is forgotten until it has been judged by the new one. */
export function acceptRoot(
  trusted: Trusted,
  bytes: Uint8Array,
  rules: Rules = specification,
  limits: Limits = defaultLimits,
): Step<Trusted> {
  const context = { trusted: trusted.root.signed };
  const step = acceptRole(
    root,
    bytes,
    `${context.trusted.version + 1}.root.json`,
    context,
    rules.root,
    plainReading(limits, limits.rootBytes),
  );
  return then(step, (file) => ({ root: file, targets: new Map() }));
}

/** TUF 5.3.10: no newer root can be had, so this one must not have expired. */
export function settleRoot(trusted: Trusted, now: number, rules: Rules = specification): Step<Trusted> {
  return then(judge({ candidate: trusted.root, now }, rules.newestRoot), () => trusted);
}

/**
 * TUF 5.3.11: takes up again what the client kept of the roles whose keys are online, or neither file, where the root no longer stands
 * behind one of them. A file that cannot be read is as if it were not there, but for the trail.
 */
export function recall({ root }: Trusted, kept: OnlineFiles<Uint8Array>, limits: Limits = defaultLimits): Step<Trusted> {
  const verdicts: Verdict[] = [];
  const readKept = <T extends RoleFields>(role: string, decoder: Decoder<T>, bytes: Uint8Array | undefined, maxBytes: number) => {
    if (bytes === undefined) return undefined;
    const { outcome } = acceptRole(decoder, bytes, `the ${role}.json that is kept`, {}, [], plainReading(limits, maxBytes));
    if (!outcome.ok) verdicts.push(passedOver(role, outcome.refusal));
    return outcome.ok ? outcome.value : undefined;
  };
  const files = {
    timestamp: readKept("timestamp", timestamp, kept.timestamp, limits.timestampBytes),
    snapshot: readKept("snapshot", snapshot, kept.snapshot, limits.snapshotBytes),
  };
  const stand = stillStand(root.signed, files);
  if (!stand) verdicts.push(onlineKeysReplaced);
  return { verdicts, outcome: accept({ root, targets: new Map(), ...(stand && files) }) };
}

/** TUF 5.4. A timestamp of the version that is trusted already changes nothing: `timestamp` is then the same object as before. */
export function acceptTimestamp(
  trusted: Trusted,
  file: Uint8Array | Envelope<Timestamp>,
  now: number,
  rules: Rules = specification,
  limits: Limits = defaultLimits,
): Step<Trusted> {
  const context = { authority: topAuthority(trusted.root.signed, "timestamp"), stored: trusted.timestamp, listed: undefined, now };
  return then(acceptTimestampFile(timestamp, file, context, rules.timestamp, plainReading(limits, limits.timestampBytes)), (accepted) => ({
    ...trusted,
    timestamp: accepted,
  }));
}

/** TUF 5.5, against the timestamp that is trusted. */
export function acceptSnapshot(
  trusted: Trusted,
  file: Uint8Array | Envelope<Snapshot>,
  now: number,
  rules: Rules = specification,
  limits: Limits = defaultLimits,
): Step<Trusted> {
  const authority = topAuthority(trusted.root.signed, "snapshot");
  const context = { authority, stored: trusted.snapshot, listed: listedSnapshot(trusted), now };
  const step = acceptRole(snapshot, file, "snapshot.json", context, rules.snapshot, plainReading(limits, limits.snapshotBytes));
  return then(step, (accepted) => ({ ...trusted, snapshot: accepted }));
}

/**
 * TUF 5.6, against the snapshot that is trusted: `targets` by the keys that root gives it, any other role by those that the file of
 * `parent` gives it. A role that another parent delegates to as well is judged for each of them.
 */
export function acceptTargets(
  trusted: Trusted,
  role: string,
  parent: string,
  file: Uint8Array | Envelope<Targets>,
  now: number,
  rules: Rules = specification,
  limits: Limits = defaultLimits,
): Step<Trusted> {
  const listed = listedTargets(trusted, role);
  if (!listed.ok) return stopped(listed.refusal);
  const authority = targetsAuthority(trusted, role, parent);
  if (authority === undefined)
    return stopped(
      refuse("role-not-delegated", `a delegation from ${parent}`, `none to ${role}`, "Ask for a role that is delegated to.").refusal,
    );
  const context = { authority, stored: undefined, listed: listed.value, now };
  const step = acceptRole(targets, file, `${role}.json`, context, rules.targets(role), plainReading(limits, limits.targetsBytes));
  return then(step, (accepted) => ({ ...trusted, targets: new Map([...trusted.targets, [role, accepted]]) }));
}

/** What timestamp says of snapshot. */
export function listedSnapshot({ timestamp }: Trusted): MetaFile {
  if (timestamp === undefined) throw new Error("a snapshot was looked for before a timestamp was trusted");
  return timestamp.signed.meta["snapshot.json"];
}

/** What snapshot says of a targets role; a role that it does not list is not to be used (TUF 4.4). */
export function listedTargets({ snapshot }: Trusted, role: string): Outcome<MetaFile> {
  if (snapshot === undefined) throw new Error("a targets role was looked for before a snapshot was trusted");
  const entry = snapshot.signed.meta.get(`${role}.json`);
  if (!entry.ok) return entry;
  if (entry.value !== undefined) return accept(entry.value);
  return refuse("role-not-listed", `${role}.json in the snapshot`, "not listed", "The repository is incomplete; tell its publisher.");
}

function targetsAuthority({ root, targets }: Trusted, role: string, parent: string): Authority | undefined {
  if (role === "targets") return topAuthority(root.signed, "targets");
  const delegations = targets.get(parent)?.signed.delegations;
  return delegations && authorityOf(delegations, role);
}

/** Says in the trail why a file of the local store was of no use. */
export function passedOver(role: string, refusal: Refusal): Verdict {
  return { check: `store/${role}`, source: "the local store", expected: refusal.expected, found: refusal.found, refusal };
}

function then<T>({ verdicts, outcome }: Judgement<T>, next: (value: T) => Trusted): Step<Trusted> {
  return { verdicts, outcome: outcome.ok ? accept(next(outcome.value)) : outcome };
}
