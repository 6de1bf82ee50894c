// SPDX-License-Identifier: Apache-2.0
import { encodeEntry } from "@countersign/tlog/entry";
import { canonicalText, type Json } from "@countersign/trust/canonical";
import { type Check, decide } from "@countersign/trust/check";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import { actDigest } from "../act.ts";
import { kinds } from "../act-kinds.ts";
import { column } from "../column.ts";
import { evidenceChecks } from "./evidence-checks.ts";
import type { PublicFacts } from "./public-facts.ts";
import type { GovernRecord, Row } from "./record.ts";

/** A govern's record, and what it is compared with. */
export interface RecordSubject {
  readonly candidate: GovernRecord;
  /** The tables, computed again. */
  readonly replayed: Outcome<GovernRecord["tables"]>;
  readonly facts: PublicFacts;
  /** Unix milliseconds. */
  readonly now: number;
}

/** How long an act may wait for the ledger before that is a finding. */
const WAIT_MS = 10 * 60_000;

const remedy = "Keep the database as evidence, find out who had it, and restore a backup that verifies: countersign govern restore";

/** What finds an edit: each rule by itself, so that one finding does not hide another. */
export const recordChecks: readonly Check<RecordSubject>[] = [
  {
    name: "record/chain",
    source: "each act names the one before, so none can be edited, dropped, inserted or moved by itself",
    examine: ({ candidate: { acts } }) => {
      const broken = acts.find((act, index) => {
        const previous = acts[index - 1]?.digest ?? null;
        return act.number !== index + 1 || act.previous !== previous || act.digest !== digestOf(act);
      });
      const found =
        broken === undefined ? `${acts.length} acts` : `act ${broken.number} (${broken.act} of ${broken.subject}) does not follow`;
      return decide(broken === undefined, "an unbroken chain of acts", found, "chain-broken", remedy);
    },
  },
  {
    name: "record/tables",
    source: "all state is a function of the acts",
    examine: ({ candidate, replayed }) => {
      if (!replayed.ok) return replayed;
      const names = new Set([...Object.keys(candidate.tables), ...Object.keys(replayed.value)]);
      const found = [...names].flatMap((name) => difference(name, candidate.tables[name] ?? [], replayed.value[name] ?? []));
      if (found.length > 0) return refuse("tables-edited", "tables that follow from the acts", found.join("; ").slice(0, 2000), remedy);
      return decide(true, "tables that follow from the acts", `${names.size} tables do`, "tables-edited", remedy);
    },
  },
  {
    name: "record/logged",
    source: "design section 7: every act is an entry in the ledger",
    examine: ({ candidate: { acts }, facts: { ledger }, now }) => {
      const late = acts.filter(({ index, time }) => index === null && now - Date.parse(time) > WAIT_MS);
      const places = placesIn(ledger);
      const wrong = acts.filter((act) => act.index !== null && !places.has(placeOf(act.index, entryTextOf(act))));
      const found = [
        ...late.map(({ number }) => `act ${number} was never logged`),
        ...wrong.map(({ number }) => `act ${number} is not where it says`),
      ];
      const waiting = acts.filter(({ index }) => index === null).length;
      return decide(
        found.length === 0,
        "each act in the ledger, at its place",
        found.length === 0 ? `${acts.length - waiting} are, ${waiting} wait` : found.join("; ").slice(0, 2000),
        "act-not-logged",
        remedy,
      );
    },
  },
  {
    name: "record/complete",
    source: "what the ledger has of govern, govern has: the end of the chain cannot be cut off, nor all of it be written anew",
    examine: ({ candidate: { acts }, facts: { ledger } }) => {
      const known = new Set(acts.map(entryTextOf));
      const types = new Set<string>([...kinds.values()].map(({ entry }) => entry));
      const missing = ledger.filter(({ entry }) => types.has(entry.type) && !known.has(textOf(encodeEntry(entry))));
      return decide(
        missing.length === 0,
        "every act of the ledger here",
        missing.length === 0
          ? "all are"
          : missing
              .map(({ index, entry }) => `entry ${index} (${entry.type} ${entry.digest.slice(0, 8)}) is not`)
              .join("; ")
              .slice(0, 2000),
        "act-missing",
        remedy,
      );
    },
  },
  {
    name: "record/entries",
    source: "soak runs from where an entry is",
    examine: ({ candidate: { tables }, facts: { ledger } }) => {
      const places = placesIn(ledger);
      const wrong = (tables["entries"] ?? []).find(
        ({ index, entry }) => index !== null && !places.has(placeOf(Number(index), String(entry))),
      );
      const found = wrong === undefined ? "all are" : `${wrong["digest"]} is not at ${wrong["index"]}`;
      return decide(wrong === undefined, "releases and orders in the ledger, at their places", found, "entry-misplaced", remedy);
    },
  },
  ...evidenceChecks,
];

function digestOf(act: GovernRecord["acts"][number]): string | undefined {
  try {
    const body = JSON.parse(act.body) as Json;
    return column(body) === act.body ? actDigest({ ...act, body }) : undefined; // in its one spelling
  } catch {
    return undefined; // no JSON, or none that has a canonical form: nothing that was ever written here
  }
}

function entryTextOf({ act, digest }: Pick<GovernRecord["acts"][number], "act" | "digest">): string {
  return textOf(encodeEntry({ type: kinds.get(act)?.entry ?? "act", digest }));
}

/** Where every entry stands, in the log that is followed or one before it. */
function placesIn(ledger: PublicFacts["ledger"]): ReadonlySet<string> {
  return new Set(ledger.map(({ index, entry }) => placeOf(index, textOf(encodeEntry(entry)))));
}

function placeOf(index: number, entry: string): string {
  return `${index} ${entry}`;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

/** What rows are in one and not in the other, in words. */
function difference(table: string, found: readonly Row[], expected: readonly Row[]): readonly string[] {
  const count = (rows: readonly Row[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const row of rows) counts.set(canonicalText(row), (counts.get(canonicalText(row)) ?? 0) + 1);
    return counts;
  };
  const [here, there] = [count(found), count(expected)];
  const more = (a: Map<string, number>, b: Map<string, number>): string[] =>
    [...a].flatMap(([row, many]) => (many > (b.get(row) ?? 0) ? [row] : []));
  return [
    ...more(here, there).map((row) => `${table} has ${row.slice(0, 200)}, which no act made`),
    ...more(there, here).map((row) => `${table} lacks ${row.slice(0, 200)}`),
  ];
}
