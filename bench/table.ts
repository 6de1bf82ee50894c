// SPDX-License-Identifier: Apache-2.0
import { styleText } from "node:util";
import { type Cost, operations } from "./compare.ts";
import { bytes, count, type Figure, mebibytes, milliseconds, times } from "./figure.ts";
import type { Comparison, Result } from "./trust.ts";

/** The result for people: what was compared side by side, then each promise with its verdict. */
export function resultText({ idlePeak, comparisons, figures }: Result): string {
  const header = ["repository", "operation", "client", "time", "/ floor", "CPU", "requests", "bytes", "peak", "above empty"];
  const rows = comparisons.flatMap((comparison) => comparisonRows(comparison, idlePeak));
  const sideBySide = [
    styleText("bold", "Side by side, medians"),
    "floor: JSON.parse, one hash and one verification of each document, whose bytes are in memory. plain: the same, fetched and kept durably.",
    columns([header, ...rows]),
  ];
  return [...(rows.length > 0 ? sideBySide : []), promisesText(figures)].join("\n\n");
}

/** Each figure with its limit and its verdict. */
export function promisesText(figures: readonly Figure[]): string {
  const verdicts = figures.map(({ figure, measured, limit, verdict }) => [figure, measured, limit, verdict === "none" ? "" : verdict]);
  return [styleText("bold", "Promises"), columns([["figure", "measured", "limit", "verdict"], ...verdicts])].join("\n\n");
}

function comparisonRows({ repository, costs }: Comparison, idlePeak: number): string[][] {
  return operations.flatMap((operation, first) =>
    [...costs].map(([client, paid], index) => {
      const titles = [first + index === 0 ? repository : "", index === 0 ? operation : ""];
      return [...titles, client, ...cells(paid[operation], costs.get("floor")?.[operation] ?? "", idlePeak)];
    }),
  );
}

function cells(cost: Cost | string, floor: Cost | string, idlePeak: number): string[] {
  if (typeof cost === "string") return [cost];
  const ratio = typeof floor === "string" ? "" : times(cost.time / floor.time);
  return [
    milliseconds(cost.time),
    ratio,
    milliseconds(cost.cpu),
    count(cost.requests),
    bytes(cost.bytes),
    mebibytes(cost.peak),
    mebibytes(Math.max(0, cost.peak - idlePeak)),
  ];
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.filter((row) => row.length > column + 1).map((row) => row[column]?.length ?? 0), 0),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
