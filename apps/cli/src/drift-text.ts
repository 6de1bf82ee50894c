// SPDX-License-Identifier: Apache-2.0
import { levelOf, type Weighed } from "@countersign/drift/assessment";
import { thresholds } from "@countersign/drift/thresholds";
import type { PlatformDrift } from "@countersign/release/compare-releases";
import { plain } from "./plain.ts";
import { type Cell, table } from "./table.ts";
import { bold } from "./text.ts";

const SHOWN = 3;

/** How unusual a release is, platform by platform: what was seen, where, and how often benign releases show it. */
export function driftText(drift: readonly PlatformDrift[]): string {
  const [first] = drift;
  if (first === undefined) return `${bold("Drift")} nothing before it to compare with`;
  const blocks = drift.map(({ platform, bits, sightings, unaged }) => {
    const level = levelOf(bits, thresholds);
    const head = `${bold("Drift")} on ${platform}: ${bits.toFixed(1)} bits, ${level} (a notice from ${thresholds.notice}, an alert from ${thresholds.alert})`;
    const seen = sightings.length === 0 ? "nothing unusual" : table(["bits", "what", "where", "benign"], sightings.map(row));
    return [head, seen, ...unaged.map((each) => plain(`Nobody says how old ${each}`))].join("\n");
  });
  return [...blocks, `Rates: ${first.rates}.`].join("\n\n");
}

function row({ bits, title, evidence, benign, counts }: Weighed): readonly Cell[] {
  const places = evidence.slice(0, SHOWN).map(({ path, line, text }) => {
    const at = path === undefined ? "" : `${path}${line === undefined ? "" : `:${line}`} `;
    return plain(`${at}(${text})`);
  });
  const more = evidence.length > SHOWN ? `, ${evidence.length - SHOWN} more` : "";
  return [counts ? bits.toFixed(1) : "", title, `${places.join(", ")}${more}`, `${(100 * benign).toFixed(1)} %`];
}
