// SPDX-License-Identifier: Apache-2.0
import { thresholds } from "@countersign/drift/thresholds";
import type { IncidentRow } from "./incidents-table.ts";
import { crossScore, type Seen } from "./measure.ts";

/** How often benign releases alarm, in hundred, beside the incidents that the same threshold catches. */
export interface BenignTable {
  readonly pairs: number;
  readonly rows: readonly {
    readonly level: "alert" | "notice";
    readonly bits: number;
    readonly perHundred: number;
    readonly promised: number;
    readonly incidents: number;
    readonly of: number;
  }[];
  /** What alarmed, for whoever wants to know why. */
  readonly alerts: readonly { readonly name: string; readonly bits: number; readonly signals: readonly string[] }[];
  readonly kept: boolean;
}

const promised = { alert: 1, notice: 5 } as const;

export function benignTable(seen: readonly Seen[], incidents: readonly IncidentRow[]): BenignTable {
  const scored = crossScore(seen);
  const levels = ["alert", "notice"] as const;
  const rows = levels.map((level) => ({
    level,
    bits: thresholds[level],
    perHundred: (100 * scored.filter(({ assessment }) => assessment.bits >= thresholds[level]).length) / scored.length,
    promised: promised[level],
    incidents: incidents.filter(({ bits }) => bits >= thresholds[level]).length,
    of: incidents.length,
  }));
  const alerts = scored
    .filter(({ assessment }) => assessment.bits >= thresholds.alert)
    .map(({ pair, assessment }) => ({
      name: `${pair.name} ${pair.before.version} to ${pair.after.version}`,
      bits: assessment.bits,
      signals: assessment.sightings.filter(({ counts }) => counts).map(({ signal }) => signal),
    }));
  return { pairs: scored.length, rows, alerts, kept: rows.every((row) => row.perHundred <= row.promised) };
}

export function benignText({ pairs, rows, alerts }: BenignTable): string {
  return [
    `${pairs} benign releases, each half weighed with the rates of the other`,
    ...rows.map(
      ({ level, bits, perHundred, promised, incidents, of }) =>
        `  ${level.padEnd(6)} from ${bits} bits: ${perHundred.toFixed(2)} of 100 (promised: at most ${promised}); of the incidents: ${incidents} of ${of}`,
    ),
    ...alerts.map(({ name, bits, signals }) => `    ${bits.toFixed(1)}  ${name}: ${signals.join(", ")}`),
  ].join("\n");
}
