// SPDX-License-Identifier: Apache-2.0
import { styleText } from "node:util";
import { plain } from "./plain.ts";

/** What stands in a table: a text, or a style and a text. */
export type Cell = string | readonly [style: Parameters<typeof styleText>[0], text: string];

/** Columns as wide as their widest cell, under a heading. Every text is made plain here, wherever it came from. */
export function table(heading: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [heading.map((name): Cell => ["dim", name]), ...rows];
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => textOf(line[column]).length)));
  const print = (line: readonly Cell[]): string =>
    line
      .map((cell, column) => styled(cell) + " ".repeat((widths[column] ?? 0) - textOf(cell).length))
      .join("  ")
      .trimEnd();
  return lines.map(print).join("\n");
}

function textOf(cell: Cell = ""): string {
  return plain(typeof cell === "string" ? cell : cell[1]);
}

function styled(cell: Cell): string {
  return typeof cell === "string" || textOf(cell) === "" ? textOf(cell) : styleText(cell[0], textOf(cell));
}
