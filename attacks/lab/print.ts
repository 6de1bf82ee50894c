// SPDX-License-Identifier: Apache-2.0
import { styleText } from "node:util";
import { wordOf } from "./attack.ts";
import type { AttackResult, MoveResult } from "./judge.ts";

/** An attack in a few lines: what was done, what refused it and where, and what it takes for it to succeed. */
export function attackLines({ name, holds, moves, milliseconds }: AttackResult): string {
  const seconds = (milliseconds / 1000).toFixed(1);
  return [`${styleText("bold", name)} (${seconds} s), by one who holds ${holds}`, ...moves.map(moveLines)].join("\n");
}

function moveLines({ does, stoppedBy, refused, undefended, alone, faults }: MoveResult): string {
  const mark = faults.length === 0 ? styleText("green", "✓") : styleText("red", "✗");
  const { check = "nothing", at = "nowhere", evidence } = refused;
  const lines = [`${mark} ${does}: refused by ${check} at ${at}`, `  ${evidence}`];
  if (undefended === undefined) lines.push("  bounded always: no list holds this, so nothing can be left out");
  else lines.push(`  succeeds without ${stoppedBy.map(wordOf).join(", ")}: ${undefended.evidence}`);
  if (alone.length > 0) lines.push("  each of these stops it alone");
  lines.push(...faults.map((fault) => styleText("red", `  FAULT: ${fault}`)));
  return lines.map((line) => `  ${line}`).join("\n");
}

/** The count: attacks, ways in, controls shown to matter, and how many are not as they must be. */
export function countLine(results: readonly AttackResult[]): string {
  const moves = results.flatMap((result) => result.moves);
  const controls = moves.reduce((sum, { alone, undefended }) => sum + (alone.length || (undefended === undefined ? 0 : 1)), 0);
  const open = results.filter(isFaulty).length;
  const refused = `${results.length - open} of ${results.length} attacks refused`;
  return `${refused}, in ${moves.length} ways; ${controls} times a control was shown to stop one alone, and the attack to succeed without`;
}

export function isFaulty({ moves }: AttackResult): boolean {
  return moves.some(({ faults }) => faults.length > 0);
}

/** The table of SECURITY.md: what each attacker holds and does, and what stops it, each alone. */
export function securityTable(results: readonly AttackResult[]): string {
  const rows = results.flatMap(({ name, holds, moves }) =>
    moves.map(({ does, stoppedBy }, index) => {
      const controls = stoppedBy.map((control) => `\`${control.check}\``).join(", ") || "bounded always";
      return `| ${index === 0 ? `\`${name}\`` : ""} | ${index === 0 ? holds : ""} | ${does} | ${controls} |`;
    }),
  );
  return ["| attack | the attacker holds | and | stopped by, each alone |", "|---|---|---|---|", ...rows].join("\n");
}
