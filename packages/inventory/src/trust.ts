// SPDX-License-Identifier: Apache-2.0
import type { RepositoryView } from "@countersign/repository/view";
import { isVerifierRule } from "@countersign/trust/build/builder-rule";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { type BlastRadius, blastRadius } from "./blast-radius.ts";
import { type Holding, type Known, nameOf } from "./inventory.ts";
import { type Loss, lossOf, nearest } from "./loss.ts";
import type { Registered } from "./registered.ts";
import type { Use } from "./seen-use.ts";
import { servicesOf } from "./service.ts";
import type { Beginnings, Since } from "./since.ts";
import { type Dated, type Kind, marksOf, type TrustRow } from "./trust-row.ts";
import type { Authorities, Task } from "./trusted-keys.ts";
import { elementOf, type View } from "./view.ts";
import { duration } from "./way.ts";

/** Everything by which the rows are made. */
export interface TrustFacts {
  readonly view: RepositoryView;
  readonly known: Known;
  readonly uses: ReadonlyMap<string, Use>;
  readonly began: Beginnings;
  /** Unix milliseconds. */
  readonly now: number;
  /** One channel only; all of them where it is undefined. */
  readonly channel?: string | undefined;
}

/** Every key, identity, person, witness, log, policy and device root that is trusted. Pure: what nobody said is null. */
export function trustRows(facts: TrustFacts): Outcome<readonly TrustRow[]> {
  const { view, known, channel } = facts;
  const authorities: Authorities = { root: view.root.signed, targets: view.targets.signed, policy: view.policy };
  const radii: BlastRadius[] = [];
  for (const name of channel === undefined ? Object.keys(view.policy.channels) : [channel]) {
    const radius = blastRadius(authorities, known, name);
    if (!radius.ok) return radius;
    radii.push(radius.value);
  }
  const held = (radii[0]?.holdings ?? []).filter(({ key }) => key !== undefined && isOf(key.tasks, channel));
  const keys = held.map((holding) => keyRow(holding, radii, facts));
  return accept([
    rootRow(facts),
    policyRow(facts),
    ...keys,
    ...identityRows(held, keys, radii, facts),
    ...personRows(held, keys, radii),
    ...serviceRows(radii, facts),
    ...sourceRows(facts),
  ]);
}

function isOf(tasks: readonly Task[], channel: string | undefined): boolean {
  return channel === undefined || tasks.some((task) => task.channel === null || task.channel === channel);
}

function rootRow({ view, began, now }: TrustFacts): TrustRow {
  const { root } = view;
  const { roles, countersign, expires, version } = root.signed;
  const owners = new Set(roles.root.keyids.map((keyid) => countersign.owners[keyid]));
  const until = { time: expires, by: "root" };
  return {
    ...blank("device root", `root ${version} ${root.digest.slice(0, 12)}`),
    for: ["what every device begins with: the keys of root, targets and publish, the log and its witnesses"],
    owner: [...owners].join(", "),
    since: dated(began.root),
    until,
    means: `${roles.root.threshold} of its ${owners.size} owners replace everything; who swaps it in an installer has the devices which that installs`,
    marks: marksOf({ ...plain("device root"), until }, now),
  };
}

function policyRow({ view, began, now }: TrustFacts): TrustRow {
  const { policy, policyDigest, root, targets } = view;
  const { threshold, keyids } = root.signed.roles.targets;
  const owners = new Set(keyids.map((keyid) => root.signed.countersign.owners[keyid]));
  const until = { time: targets.signed.expires, by: "targets" };
  return {
    ...blank("policy", `policy ${policy.version} ${policyDigest.slice(0, 12)}`),
    for: Object.entries(policy.channels).map(([channel, { profile }]) => `${channel} (${profile})`),
    owner: [...owners].join(", "),
    since: dated(began.policy),
    until,
    means: `${threshold} of the ${owners.size} owners of targets replace it; devices hold the old one, too, for ${duration(policy.coolingOffSeconds)} of witnessed time`,
    marks: marksOf({ ...plain("policy"), until }, now),
  };
}

function keyRow(holding: Holding, radii: readonly BlastRadius[], facts: TrustFacts): TrustRow {
  const { key, record, registered, person } = holding;
  const tasks = key?.tasks ?? [];
  const is = (duty: Task["duty"]): boolean => tasks.some((task) => task.duty === duty);
  const kind: Kind = is("log") ? "log" : is("witness") ? "witness" : "key";
  const use = facts.uses.get(holding.id);
  const loss = lossesOf(radii, "key", holding);
  const top = kind !== "key" || ["root", "targets", "snapshot", "timestamp"].some((role) => is(role as Task["duty"]));
  const until = earliest([
    top ? { time: facts.view.root.signed.expires, by: "root" } : { time: facts.view.targets.signed.expires, by: "targets" },
    ...(record?.expires === undefined ? [] : [{ time: record.expires, by: "the key" }]),
  ]);
  const row = {
    kind,
    until,
    lastUsed: latest([
      ...(use === undefined ? [] : [usedAt(use)]),
      ...(record?.lastUsed === undefined ? [] : [{ time: record.lastUsed, by: "its record" }]),
    ]),
    lastReviewed: registered?.lastReviewed ?? null,
    reviewBy:
      earliest([registered?.reviewBy, record?.nextReview].flatMap((time) => (time === undefined ? [] : [{ time, by: "" }])))?.time ?? null,
  };
  return {
    ...row,
    name: nameOf(holding),
    keyid: holding.id,
    for: tasks.map(({ duty, channel }) => (channel === null ? duty : `${duty} ${channel}`)),
    owner: person ?? null,
    deputy: registered?.deputy ?? null,
    custody: record?.custody ?? (key?.scheme.startsWith("webauthn") ? "passkey" : null),
    machine: holding.machine ?? null,
    since: dated(facts.began.keys.get(holding.id)),
    loss,
    means: meaning(loss),
    marks: marksOf(
      { ...row, development: record?.development ?? false, status: registered?.status, registered: registered !== undefined },
      facts.now,
    ),
  };
}

/** What acts and is no person: whoever the policy names as a holder, and whoever is registered. */
function identityRows(
  held: readonly Holding[],
  keys: readonly TrustRow[],
  radii: readonly BlastRadius[],
  facts: TrustFacts,
): readonly TrustRow[] {
  const people = new Set(held.map(({ person }) => person));
  const { register } = facts.known;
  const registered = register.filter(({ channel }) => facts.channel === undefined || channel === facts.channel);
  const names = new Set([...held.map(({ identity }) => identity), ...registered.map(({ name }) => name)]);
  return [...names].flatMap((name) => {
    if (name === undefined || people.has(name)) return [];
    const own = held.filter(({ identity }) => identity === name);
    return [
      identityRow(
        name,
        own,
        keys,
        register.find((each) => each.name === name),
        radii,
        facts,
      ),
    ];
  });
}

function identityRow(
  name: string,
  own: readonly Holding[],
  keys: readonly TrustRow[],
  registered: Registered | undefined,
  radii: readonly BlastRadius[],
  { now }: TrustFacts,
): TrustRow {
  const rows = keys.filter(({ keyid }) => own.some(({ id }) => id === keyid));
  const [first] = own;
  const loss = first === undefined ? [] : lossesOf(radii, "identity", first);
  const ends = rows.flatMap(({ until }) => until ?? []);
  const row = {
    kind: "identity" as const,
    until: earliest(registered === undefined ? ends : [...ends, { time: registered.reviewBy, by: "its review" }]),
    lastUsed: latest([
      ...rows.flatMap(({ lastUsed }) => lastUsed ?? []),
      ...(registered?.lastUsed === undefined ? [] : [{ time: registered.lastUsed, by: "govern" }]),
    ]),
    lastReviewed: registered?.lastReviewed ?? null,
    reviewBy: registered?.reviewBy ?? null,
  };
  const trusted = rows.flatMap((each) => each.for);
  const claimed = (registered?.duties ?? []).filter((duty) => !trusted.includes(duty)).map((duty) => `${duty} ${registered?.channel}`);
  return {
    ...row,
    name,
    keyid: registered?.keyid ?? rows[0]?.keyid ?? null,
    for: [...new Set([...trusted, ...claimed])],
    owner: first?.person ?? registered?.owner ?? null,
    deputy: registered?.deputy ?? null,
    custody: rows[0]?.custody ?? null,
    machine: first?.machine ?? null,
    since: firstOf(rows),
    loss,
    means: meaning(loss),
    marks: marksOf({ ...row, development: false, status: registered?.status, registered: registered !== undefined }, now),
  };
}

function personRows(held: readonly Holding[], keys: readonly TrustRow[], radii: readonly BlastRadius[]): readonly TrustRow[] {
  const names = [...new Set(held.flatMap(({ person }) => person ?? []))];
  return names.map((name) => {
    const own = held.filter(({ person }) => person === name);
    const rows = keys.filter(({ keyid }) => own.some(({ id }) => id === keyid));
    const [first] = own;
    const loss = first === undefined ? [] : lossesOf(radii, "person", first);
    return {
      ...blank("person", name),
      for: own.map((holding) => nameOf(holding)),
      owner: name,
      since: firstOf(rows),
      lastUsed: latest(rows.filter((row) => row.name === name).flatMap(({ lastUsed }) => lastUsed ?? [])),
      loss,
      means: meaning(loss),
    };
  });
}

function lossesOf(radii: readonly BlastRadius[], view: View, holding: Holding): readonly Loss[] {
  const { id } = elementOf(holding, view);
  return radii.flatMap((radius) => lossOf(radius, view, id)).sort((a, b) => a.others - b.others);
}

/** What has no key of ours and is trusted all the same: processes, platforms, and the jobs that run on them. */
function serviceRows(radii: readonly BlastRadius[], { view }: TrustFacts): readonly TrustRow[] {
  const holdings = new Map(radii.flatMap(({ holdings }) => holdings.map((holding) => [holding.id, holding] as const)));
  return servicesOf(view.policy).flatMap(({ id, for: task }) => {
    const holding = holdings.get(id);
    if (holding === undefined) return [];
    const loss = lossesOf(radii, "identity", holding);
    const { person, machine } = holding;
    return [{ ...blank("service", id), for: [task], owner: person ?? null, machine: machine ?? null, loss, means: meaning(loss) }];
  });
}

/** What builders build. No signature stands between a source and its builders, so it is named here and counted nowhere. */
function sourceRows({ view, channel }: TrustFacts): readonly TrustRow[] {
  const built = Object.entries(view.policy.channels).flatMap(([name, { builders }]) =>
    channel === undefined || name === channel
      ? builders.trusted.map((rule) => [isVerifierRule(rule) ? rule.resourceUri : rule.source, name] as const)
      : [],
  );
  return [...Map.groupBy(built, ([source]) => source)].map(([source, those]) => ({
    ...blank("source", source),
    for: [...new Set(those.map(([, name]) => `build ${name}`))],
    means: "what is merged there is built, by every builder; approvers see the files that differ",
  }));
}

/** What one can do alone, with how many others the rest, and what not at all. */
function meaning(losses: readonly Loss[]): string {
  const found = (["install", "stop", "hide"] as const).map((goal) => ({ goal, loss: nearest(losses, goal) }));
  const others = ({ loss }: { readonly loss: Loss | undefined }): number => loss?.others ?? Number.POSITIVE_INFINITY;
  const parts = found
    .toSorted((a, b) => (others(a) === others(b) ? 0 : others(a) - others(b)))
    .map(({ goal, loss }) => {
      if (loss === undefined) return `adds nothing to ${goal}`;
      return loss.others === 0 ? `alone it can ${goal} (${loss.way})` : `with ${loss.others} more ${goal} (${loss.way})`;
    });
  return parts.join(", ");
}

function blank(kind: Kind, name: string): TrustRow {
  const unknown = { keyid: null, owner: null, deputy: null, custody: null, machine: null, since: null, until: null, lastUsed: null };
  return { kind, name, for: [], ...unknown, lastReviewed: null, reviewBy: null, loss: [], means: "", marks: [] };
}

function plain(kind: Kind): Parameters<typeof marksOf>[0] {
  return { ...blank(kind, ""), development: false, status: undefined, registered: true };
}

function dated(since: Since | undefined): TrustRow["since"] {
  return since === undefined || since.time === null ? null : { time: iso(since.time), by: since.by, orEarlier: since.orEarlier };
}

function firstOf(rows: readonly TrustRow[]): TrustRow["since"] {
  return rows.flatMap(({ since }) => since ?? []).sort((a, b) => Date.parse(a.time) - Date.parse(b.time))[0] ?? null;
}

function usedAt({ time, for: what }: Use): Dated {
  return { time: iso(time), by: what };
}

function iso(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

function earliest(ends: readonly Dated[]): Dated | null {
  return ends.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time))[0] ?? null;
}

function latest(uses: readonly Dated[]): Dated | null {
  return uses.toSorted((a, b) => Date.parse(b.time) - Date.parse(a.time))[0] ?? null;
}
