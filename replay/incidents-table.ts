// SPDX-License-Identifier: Apache-2.0
import { type Assessment, type Level, levelOf, sightingsOf, type Weighed, weigh } from "@countersign/drift/assessment";
import { bumpOf } from "@countersign/drift/bump";
import { contentsOf } from "@countersign/drift/contents";
import { detectors } from "@countersign/drift/detectors";
import { measuredRates } from "@countersign/drift/measured-rates";
import type { Snapshot } from "@countersign/drift/pair";
import { thresholds } from "@countersign/drift/thresholds";
import type { Incident, SyntheticRelease } from "./incident.ts";
import { incidents } from "./incidents.ts";

/** What the detectors make of one incident. */
export interface IncidentRow extends Omit<Incident, "pair"> {
  readonly bits: number;
  readonly level: Incident["expected"];
  readonly sightings: readonly Weighed[];
  /** Whether it is seen as well as was expected, or better. */
  readonly kept: boolean;
}

const order: readonly Incident["expected"][] = ["no release", "quiet", "notice", "alert"];

export async function incidentsTable(): Promise<readonly IncidentRow[]> {
  return Promise.all(
    incidents.map(async ({ pair, ...incident }) => {
      if (pair === undefined) return { ...incident, bits: 0, level: "no release" as const, sightings: [], kept: true };
      const assessed = await assessIncident(pair);
      return { ...incident, ...assessed, kept: order.indexOf(assessed.level) >= order.indexOf(incident.expected) };
    }),
  );
}

/** What the detectors make of a pair of synthetic releases. */
export async function assessIncident(pair: NonNullable<Incident["pair"]>): Promise<Assessment & { readonly level: Level }> {
  const [before, after] = [await snapshotOf(pair.before), await snapshotOf(pair.after)];
  const bump = bumpOf(before.version, after.version);
  const assessment = weigh(sightingsOf({ before, after, bump }, detectors), bump, measuredRates);
  return { ...assessment, level: levelOf(assessment.bits, thresholds) };
}

async function snapshotOf({ files, ...release }: SyntheticRelease): Promise<Snapshot> {
  const entries = Object.entries(files).map(([path, file]) => {
    if (typeof file === "string") return { path, type: "file" as const, mode: 0o644, bytes: Buffer.from(file) };
    return file instanceof Uint8Array
      ? { path, type: "file" as const, mode: 0o644, bytes: file }
      : { path, type: "file" as const, ...file };
  });
  return { ...release, contents: await contentsOf(entries) };
}

export function incidentsText(rows: readonly IncidentRow[]): string {
  const lines = rows.flatMap(({ id, at, what, level, bits, sightings, stoppedBy }) => [
    `${level === "no release" ? "   -" : bits.toFixed(1).padStart(4)}  ${level.padEnd(10)}  ${id} (${at.slice(0, 10)}): ${what}`,
    ...(sightings.length === 0
      ? []
      : [
          `${" ".repeat(18)}${sightings
            .filter(({ counts }) => counts)
            .map(({ signal, bits: weight }) => `${signal} ${weight.toFixed(1)}`)
            .join(", ")}`,
        ]),
    `${" ".repeat(18)}besides: ${stoppedBy}`,
  ]);
  const seen = rows.filter(({ level }) => level === "alert").length;
  return ["bits  level       incident", ...lines, `${seen} of ${rows.length} incidents alarm by the release itself`].join("\n");
}
