// SPDX-License-Identifier: Apache-2.0
import { nearest } from "@countersign/inventory/loss";
import type { Kind, Mark, TrustRow } from "@countersign/inventory/trust-row";
import type { Goal } from "@countersign/inventory/way";
import { type Cell, table } from "./table.ts";
import { bold, short } from "./text.ts";

const groups: readonly (readonly [heading: string, Kind, duties?: RegExp])[] = [
  ["Device root", "device root"],
  ["Policy", "policy"],
  ["Log", "log"],
  ["Witnesses", "witness"],
  ["Keys of root and targets", "key", /^(root|targets|sidecar)\b/],
  ["Keys of publish", "key", /^(snapshot|timestamp)\b/],
  ["Keys that sign channels", "key", /^(sign|sidecar)\b/],
  ["Keys that build and propose", "key", /^(build|verify|propose)\b/],
  ["Keys of people who approve, or act at govern", "key", /^(approve|act)\b/],
  ["Keys that say no, and that watch", "key", /^(revoke|monitor)\b/],
  ["Identities", "identity"],
  ["People", "person"],
  ["Services without a key of ours", "service"],
  ["Sources", "source"],
];

const bad: readonly Mark[] = ["expired", "review overdue", "not active"];

/** Everything that is trusted, in groups; each key once, where it belongs first. */
export function trustText(rows: readonly TrustRow[]): string {
  const shown = new Set<TrustRow>();
  const parts = groups.flatMap(([heading, kind, duties]) => {
    const those = rows.filter(
      (row) => row.kind === kind && !shown.has(row) && (duties === undefined || row.for.some((what) => duties.test(what))),
    );
    for (const row of those) shown.add(row);
    const columns = columnsOf[kind];
    return those.length === 0
      ? []
      : [
          `${bold(heading)}\n${table(
            Object.keys(columns),
            those.map((row) => Object.values(columns).map((cell) => cell(row))),
          )}`,
        ];
  });
  return [legend, ...parts, summary(rows)].join("\n\n");
}

const legend =
  "install, stop, hide: whether its loss alone is enough to put code on devices, to stop releases or to hide something; with how many others it is (+2); or that it adds nothing (-).";

type Columns = Readonly<Record<string, (row: TrustRow) => Cell>>;

const time: Columns = {
  since: ({ since }) => (since === null ? unknown : `${day(since.time)}${since.orEarlier ? " or before" : ""}`),
  until: ({ until, marks }) => {
    const text = day(until?.time);
    return marks.includes("expired") ? ["red", text] : marks.includes("expires soon") ? ["yellow", text] : text;
  },
};
const use: Columns = {
  "last used": ({ lastUsed }) => day(lastUsed?.time),
  reviewed: ({ lastReviewed, reviewBy, marks }) => {
    const text = lastReviewed === null ? (reviewBy === null ? unknown : `due ${day(reviewBy)}`) : day(lastReviewed);
    return marks.includes("review overdue")
      ? ["red", text]
      : marks.some((mark) => mark === "review soon" || mark === "unreviewed")
        ? ["yellow", text]
        : text;
  },
};
const losses: Columns = { install: lossCell("install"), stop: lossCell("stop"), hide: lossCell("hide") };
const said: Columns = {
  "": ({ marks }) => {
    const said = marks.filter((mark) => mark !== "development custody");
    return said.length === 0 ? "" : [said.some((mark) => bad.includes(mark)) ? "red" : "yellow", said.join(", ")];
  },
};
const document: Columns = {
  what: ({ name }) => name,
  for: ({ for: what }) => what.join(", "),
  owners: ({ owner }) => owner ?? unknown,
  ...time,
  "what its loss means": ({ means }) => means,
  ...said,
};
const key: Columns = {
  holder: ({ name }) => name,
  key: ({ keyid }) => short(keyid ?? ""),
  for: ({ for: what }) => what.join(", "),
  owner: ({ owner }) => owner ?? unknown,
  custody: ({ custody, marks }) => (marks.includes("development custody") ? ["yellow", "file, development"] : (custody ?? unknown)),
  ...time,
  ...use,
  ...losses,
  ...said,
};

/** What is shown of each kind. */
const columnsOf: Readonly<Record<Kind, Columns>> = {
  "device root": document,
  policy: document,
  log: key,
  witness: key,
  key,
  identity: {
    name: ({ name }) => name,
    for: ({ for: what }) => what.join(", "),
    owner: ({ owner }) => owner ?? unknown,
    deputy: ({ deputy }) => deputy ?? unknown,
    ...time,
    ...use,
    ...losses,
    ...said,
  },
  person: {
    name: ({ name }) => name,
    has: ({ for: what }) => what.join(", "),
    "last acted": ({ lastUsed }) => day(lastUsed?.time),
    ...losses,
  },
  service: { name: ({ name }) => name, for: ({ for: what }) => what.join(", "), owner: ({ owner }) => owner ?? unknown, ...losses },
  source: { name: ({ name }) => name, for: ({ for: what }) => what.join(", "), "what its loss means": ({ means }) => means },
};

function lossCell(goal: Goal): (row: TrustRow) => Cell {
  return ({ loss }) => {
    const near = nearest(loss, goal);
    if (near === undefined) return "-";
    return near.others > 0 ? `+${near.others}` : goal === "stop" ? "alone" : ["red", "alone"];
  };
}

const unknown = "unknown";

function day(at: string | undefined): string {
  return at === undefined ? unknown : at.slice(0, 10);
}

function summary(rows: readonly TrustRow[]): string {
  const counts = Map.groupBy(
    rows.flatMap(({ marks }) => marks),
    (mark) => mark,
  );
  const said = [...counts].map(([mark, those]) => `${those.length} ${mark}`).join(", ");
  return `${rows.length} things are trusted${said === "" ? "" : `: ${said}`}. What it would take to misuse them: countersign blast-radius CHANNEL`;
}
