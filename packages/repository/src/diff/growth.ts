// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import { type Custody, custodyStrength } from "@countersign/trust/policy/custody";
import { profileDefaults } from "@countersign/trust/policy/profile";
import type { Difference } from "./difference.ts";

/**
 * What grows with a change. `voice`: somebody new is heard, or somebody about more. `quorum`: fewer are enough. `watch`: less is seen, or less can be stopped.
 * `time`: it happens sooner, or stays good for longer. `custody`: a key is misused more easily.
 */
export type Power = "voice" | "quorum" | "watch" | "time" | "custody";

/** A difference after which somebody can do what they could not do before. */
export interface Growth {
  readonly power: Power;
  /** What it gives, in words. */
  readonly gain: string;
  readonly difference: Difference;
}

/** Whether a line grows a power, beside all the others of its diff. */
type Grows = (line: Difference, all: readonly Difference[]) => boolean;

type Rule = readonly [power: Power, gain: string, subject: RegExp, grows: Grows];

const added: Grows = ({ kind }) => kind === "added";
const removed: Grows = ({ kind }) => kind === "removed";
const changed: Grows = ({ kind }) => kind === "changed";
const not =
  (grows: Grows): Grows =>
  (line, all) =>
    !grows(line, all);
const less: Grows = (line) => line.kind === "changed" && Number(line.after) < Number(line.before);
const more: Grows = (line) => line.kind === "changed" && Number(line.after) > Number(line.before);
/** An item in a list that was there and did not have it. */
const longer: Grows = (line) => line.kind === "changed" && itemsOf(line.after).some((item) => !itemsOf(line.before).includes(item));
const lowerProfile: Grows = (line) => line.kind === "changed" && profiles.indexOf(line.after) < profiles.indexOf(line.before);
const yearsLater: Grows = (line) => line.kind === "changed" && Date.parse(String(line.after)) - Date.parse(String(line.before)) > YEARS_MS;

const profiles: readonly Json[] = Object.keys(profileDefaults);
const YEARS_MS = 2 * 365 * 86_400_000;

/** What growing is, by the lines of a root, a targets file and a policy, alone or beside its targets. What no rule knows grows nothing. */
const rules: readonly Rule[] = [
  ["voice", "a key signs that did not", /^key of (?!no role)/, added],
  ["voice", "a key counts for another owner", /^key of (?!no role)/, changed],
  ["voice", "a role signs for more", /^(?:paths|path hash prefixes) of role /, longer],
  ["voice", "a role is trusted that was not", /^order of delegations$/, longer],
  ["quorum", "fewer keys are enough", /^threshold of /, less],
  ["watch", "another log is believed", /^the log$/, changed],
  ["watch", "a witness is believed that was not", /^witness: /, added],
  ["watch", "a witness is heard no more", /^witness: /, removed],
  ["watch", "fewer witnesses are enough", /^witness quorum$/, less],
  ["time", "a file stays good for years more", /^expires$/, yearsLater],
  ...inPolicy(
    ["custody", "somebody's passkey gives way to another kind of key", /^holders › [^›]+ › key › keytype$/, passkeyGone],
    ["custody", "a key gives way to one of the same owner that is misused more easily", /^holders › [^›]+ › owner$/, weakerKeyComes],
    ["custody", "a key lives where it is misused more easily", /^custody › /, weakerPlace],
    ["custody", "nobody says any more where a key lives", /^custody › /, undeclared],
    ["voice", "a key is somebody's that was nobody's", /^holders › [^›]+ › holder$/, added],
    ["voice", "a key counts for another owner", /^holders › [^›]+ › (?:owner|holder)$/, changed],
    ["voice", "somebody proposes or approves who did not", /^channels › [^›]+ › (?:proposers|approvers)$/, longer],
    ["voice", "another build is believed", /^channels › [^›]+ › builders › trusted › /, anotherBuild],
    ["voice", "a channel is there that was not", /^channels › [^›]+ › profile$/, added],
    ["voice", "a monitor is believed that was not", /^monitors › /, not(removed)],
    ["quorum", "quorums count keys, and not owners", /^separation$/, (line) => line.kind === "changed" && line.after === "key"],
    ["quorum", "fewer are enough to start", /^channels › [^›]+ › (?:approvals|urgent › extraApprovals|builders › quorum)$/, less],
    ["quorum", "a channel has a profile that asks for less", /^channels › [^›]+ › profile$/, lowerProfile],
    ["quorum", "post-quantum signatures are asked for no more, or of others", /^postQuantum/, not(added)],
    ["watch", "a monitor is heard no more", /^monitors › /, removed],
    ["watch", "a revoker is heard no more", /^revokers › /, not(added)],
    ["watch", "an observer may ask for a brake no more", /^brakes(?: › |$)/, not(added)],
    ["watch", "a brake asks for more, or for nothing", /^channels › [^›]+ › brakeBits$/, brakeWeaker],
    ["watch", "fewer need to be heard", /^channels › [^›]+ › (?:freshRevokers|readThrough)$/, less],
    ["watch", "a denial stays hidden for longer", /^channels › [^›]+ › revocationSeconds$/, more],
    ["time", "a bundle that is carried stays good for longer", /^channels › [^›]+ › bundleSeconds$/, bundleLonger],
    ["time", "less time is left to object", /^coolingOffSeconds$|^channels › [^›]+ › (?:urgent › )?soakSeconds$/, less],
  ),
];

function inPolicy(...lines: readonly Rule[]): readonly Rule[] {
  return lines.map(([power, gain, { source }, grows]) => [
    power,
    gain,
    new RegExp(source.replaceAll(/(?<!\[)\^/g, "^(?:the policy › )?")),
    grows,
  ]);
}

/** The differences that grow somebody's power over the path, each under the first rule that says so. */
export function growthsOf(differences: readonly Difference[]): readonly Growth[] {
  return differences.flatMap((difference) => {
    const rule = rules.find(([, , subject, grows]) => subject.test(difference.subject) && grows(difference, differences));
    return rule === undefined ? [] : [{ power: rule[0], gain: rule[1], difference }];
  });
}

function itemsOf(list: Json): readonly Json[] {
  return Array.isArray(list) ? list : [];
}

/** One line for each builder that is new; where one stays, each pin that says something else, or nothing any more. */
function anotherBuild(line: Difference, all: readonly Difference[]): boolean {
  const [builder = ""] = /^.* › trusted › #\d+/.exec(line.subject) ?? [];
  const channel = line.subject.replace(/ › builders › .*$/, "");
  if (all.some(({ kind, subject }) => kind === "added" && subject === `${channel} › profile`)) return false; // the channel itself is new
  const whole = all.find(({ subject }) => subject === `${builder} › id`);
  return whole === undefined || (whole === line && whole.kind !== "removed");
}

/** With the channel itself, its brake goes, too. */
function brakeWeaker(line: Difference, all: readonly Difference[]): boolean {
  const channel = line.subject.replace(/ › brakeBits$/, " › profile");
  return more(line, all) || (line.kind === "removed" && !all.some(({ kind, subject }) => kind === "removed" && subject === channel));
}

/** What a line says that comes or goes; undefined where there is none. */
function said(all: readonly Difference[], kind: "added" | "removed", subject: string): Json | undefined {
  const found = all.find((line) => line.kind === kind && line.subject === subject);
  return found?.kind === "added" ? found.after : found?.kind === "removed" ? found.before : undefined;
}

/** Where the channel itself is new, so is all of it. */
function bundleLonger(line: Difference, all: readonly Difference[]): boolean {
  const channel = line.subject.replace(/ › bundleSeconds$/, " › profile");
  return more(line, all) || (line.kind === "added" && !all.some(({ kind, subject }) => kind === "added" && subject === channel));
}

/** A key of another kind for somebody whose passkey goes: what signs for a person may be copied from now on. */
function passkeyGone({ kind, subject, ...line }: Difference, all: readonly Difference[]): boolean {
  if (kind !== "added" || !("after" in line) || line.after === "webauthn") return false;
  const keytype = / › key › keytype$/;
  const person = said(all, "added", subject.replace(keytype, " › holder"));
  return all.some((gone) => {
    if (gone.kind !== "removed" || !keytype.test(gone.subject) || gone.before !== "webauthn") return false;
    return said(all, "removed", gone.subject.replace(keytype, " › holder")) === person;
  });
}

/** No key is misused more easily than one of which nobody says where it lives. */
function strengthOf(custody: Json | undefined): number {
  return custodyStrength[custody as Custody] ?? 0;
}

function weakerPlace(line: Difference): boolean {
  return line.kind === "changed" && strengthOf(line.after) < strengthOf(line.before);
}

/** With the key itself, what is said of it goes, too. */
function undeclared({ kind, subject }: Difference, all: readonly Difference[]): boolean {
  const [keyid] = subject.split(" › ").slice(-1);
  return kind === "removed" && !all.some((line) => line.kind === "removed" && line.subject.endsWith(`holders › ${keyid} › owner`));
}

/** More keys of an owner that were harder to misuse go than come: one of them gives way to this one. Passkeys have a rule of their own. */
function weakerKeyComes({ kind, subject }: Difference, all: readonly Difference[]): boolean {
  if (kind !== "added") return false;
  const strength = strengthAt(all, "added", subject);
  const harder = (way: "added" | "removed"): number =>
    all.filter(
      (line) =>
        line.kind === way &&
        ownerLine.test(line.subject) &&
        said(all, way, line.subject) === said(all, "added", subject) &&
        strengthAt(all, way, line.subject) > strength,
    ).length;
  return harder("removed") > harder("added");
}

const ownerLine = /(?<!postQuantum › )holders › ([^›]+) › owner$/;

function strengthAt(all: readonly Difference[], way: "added" | "removed", owner: string): number {
  return strengthOf(said(all, way, owner.replace(ownerLine, "custody › $1")));
}
