// SPDX-License-Identifier: Apache-2.0
import { styleText } from "node:util";
import type { Verdict } from "@countersign/trust/check";
import type { Refusal } from "@countersign/trust/refusal";
import { plain } from "./plain.ts";
import { type Cell, table } from "./table.ts";

// How things look, wherever they are shown.

export function bold(text: string): string {
  return styleText("bold", plain(text));
}

/** Enough of a digest to tell it from the others on a screen; commands take it back. */
export function short(digest: string): string {
  return digest.slice(0, 12);
}

export function refusalText({ code, expected, found, remedy }: Refusal): string {
  const line = (name: string, said: string): string => `  ${styleText("dim", name.padEnd(8))}  ${plain(said)}`;
  return [styleText("red", `refused: ${plain(code)}`), line("expected", expected), line("found", found), line("do this", remedy)].join(
    "\n",
  );
}

/** A trail of verdicts: what was checked, what was wanted, what was there. */
export function trailText(verdicts: readonly (Verdict & { readonly gate?: number })[]): string {
  const gates = verdicts.some(({ gate }) => gate !== undefined);
  const heading = [...(gates ? ["gate"] : []), "check", "expected", "found", "verdict"];
  const rows = verdicts.map(({ gate, check, expected, found, refusal }): readonly Cell[] => [
    ...(gates ? [String(gate ?? "")] : []),
    check,
    expected,
    found,
    refusal === undefined ? ["green", "ok"] : ["red", refusal.code],
  ]);
  return table(heading, rows);
}
