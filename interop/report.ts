// SPDX-License-Identifier: Apache-2.0
import { styleText } from "node:util";
import type { Encounter, MeetingReport } from "./meeting.ts";

const colours = { pass: "green", refuse: "green", lacking: "yellow", mismatch: "red" } as const;

/** A table of features by implementations, each as reader of ours and as writer for us, and a line for everything that is not plainly right. */
export function reportText({ ran, missing, encounters }: MeetingReport): string {
  const columns: readonly (readonly [title: string, holds: (encounter: Encounter) => boolean])[] = [
    ["we read ours", ({ writer, reader }) => writer === reader],
    ...ran.flatMap((other): (readonly [string, (encounter: Encounter) => boolean])[] => [
      [`${other} reads`, ({ reader }) => reader === other],
      ["is read", ({ writer }) => writer === other],
    ]),
  ];
  const rows = [...new Set(encounters.map(({ feature }) => feature))].map((feature) => {
    const here = encounters.filter((encounter) => encounter.feature === feature);
    return [feature, ...columns.map(([, holds]) => here.find(holds)?.verdict ?? "")];
  });
  const notes = encounters.filter(({ verdict }) => verdict === "lacking" || verdict === "mismatch").map(note);
  return [
    table([["feature", ...columns.map(([title]) => title)], ...rows]),
    ...(notes.length > 0 ? [[...new Set(notes)].join("\n")] : []),
    [`Ran: ${ran.join(", ") || "none"}`, ...Object.entries(missing).map(([name, why]) => `Could not run ${name}: ${why}`)].join("\n"),
  ].join("\n\n");
}

function note({ verdict, feature, writer, reader, reason = "" }: Encounter): string {
  const who = writer === "countersign" ? `${reader} reads ours` : `we read ${writer}'s`;
  return `${styleText(colours[verdict], verdict)} ${feature}, ${who}: ${reason}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => coloured(cell, widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function coloured(cell: string, width: number): string {
  const padded = cell.padEnd(width);
  return cell in colours ? styleText(colours[cell as keyof typeof colours], padded) : padded;
}
