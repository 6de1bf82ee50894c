// SPDX-License-Identifier: Apache-2.0
import type { BlastRadius } from "./blast-radius.ts";
import { type Holding, nameOf } from "./inventory.ts";
import { type Loss, lossOf, meaning } from "./loss.ts";
import { historyOf, type Registered } from "./registered.ts";
import type { Use } from "./seen-use.ts";
import type { TrustFacts } from "./trust-facts.ts";
import { blank, type Dated, dated, earliest, iso, type Kind, latest, marksOf, type TrustRow } from "./trust-row.ts";
import type { Task } from "./trusted-keys.ts";
import { elementOf, type View } from "./view.ts";

// Keys, and the identities and people behind them.

export function keyRow(holding: Holding, radii: readonly BlastRadius[], facts: TrustFacts): TrustRow {
  const { key, record, registered, person } = holding;
  const tasks = key?.tasks ?? [];
  const is = (duty: Task["duty"]): boolean => tasks.some((task) => task.duty === duty);
  const kind: Kind = is("log") ? "log" : is("witness") ? "witness" : "key";
  const use = facts.uses.get(holding.id);
  const loss = lossesOf(radii, "key", holding);
  const declared = facts.view.policy.custody?.[holding.id];
  const said = declared === undefined ? null : `${declared}, says the policy`;
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
    lastReviewed: historyOf(facts.known.acts, registered?.name ?? holding.identity ?? "").lastReviewed ?? null,
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
    custody: record?.custody ?? (key?.scheme.startsWith("webauthn") ? "passkey" : said),
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
export function identityRows(
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
  { now, known }: TrustFacts,
): TrustRow {
  const { lastReviewed, lastActed } = historyOf(known.acts, name);
  const rows = keys.filter(({ keyid }) => own.some(({ id }) => id === keyid));
  const [first] = own;
  const loss = first === undefined ? [] : lossesOf(radii, "identity", first);
  const ends = rows.flatMap(({ until }) => until ?? []);
  const row = {
    kind: "identity" as const,
    until: earliest(registered === undefined ? ends : [...ends, { time: registered.reviewBy, by: "its review" }]),
    lastUsed: latest([
      ...rows.flatMap(({ lastUsed }) => lastUsed ?? []),
      ...(lastActed === undefined ? [] : [{ time: lastActed, by: "govern" }]),
    ]),
    lastReviewed: lastReviewed ?? null,
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

export function personRows(
  held: readonly Holding[],
  keys: readonly TrustRow[],
  radii: readonly BlastRadius[],
  { known }: TrustFacts,
): readonly TrustRow[] {
  const names = [...new Set(held.flatMap(({ person }) => person ?? []))];
  return names.map((name) => {
    const own = held.filter(({ person }) => person === name);
    const rows = keys.filter(({ keyid }) => own.some(({ id }) => id === keyid));
    const [first] = own;
    const loss = first === undefined ? [] : lossesOf(radii, "person", first);
    const { lastReviewed, lastActed } = historyOf(known.acts, name);
    return {
      ...blank("person", name),
      for: own.map((holding) => nameOf(holding)),
      owner: name,
      since: firstOf(rows),
      lastUsed: latest([
        ...rows.filter((row) => row.name === name).flatMap(({ lastUsed }) => lastUsed ?? []),
        ...(lastActed === undefined ? [] : [{ time: lastActed, by: "govern" }]),
      ]),
      lastReviewed: lastReviewed ?? null,
      loss,
      means: meaning(loss),
    };
  });
}

export function lossesOf(radii: readonly BlastRadius[], view: View, holding: Holding): readonly Loss[] {
  const { id } = elementOf(holding, view);
  return radii.flatMap((radius) => lossOf(radius, view, id)).sort((a, b) => a.others - b.others);
}

function firstOf(rows: readonly TrustRow[]): TrustRow["since"] {
  return rows.flatMap(({ since }) => since ?? []).sort((a, b) => Date.parse(a.time) - Date.parse(b.time))[0] ?? null;
}

function usedAt({ time, for: what }: Use): Dated {
  return { time: iso(time), by: what };
}
