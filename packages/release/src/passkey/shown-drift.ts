// SPDX-License-Identifier: Apache-2.0
import { levelOf, type Weighed } from "@countersign/drift/assessment";
import { thresholds } from "@countersign/drift/thresholds";
import type { PlatformDrift } from "../compare-releases.ts";
import type { Section } from "./shown.ts";

/** How unusual a release is, platform by platform: everything that was seen, where, and how often benign releases show it. */
export function driftSections(drift: readonly PlatformDrift[]): readonly Section[] {
  if (drift.length === 0) return [{ title: "Drift", note: "Nothing before it to compare with." }];
  return drift.map(({ platform, bits, sightings, rates, unaged }): Section => {
    const level = levelOf(bits, thresholds);
    const title = `Drift on ${platform}: ${bits.toFixed(1)} bits, ${level}`;
    const unsaid = unaged.map((each) => ` Nobody says how old ${each}.`).join("");
    if (sightings.length === 0) return { title, note: `Nothing unusual.${unsaid}` };
    return {
      title,
      note: `A notice from ${thresholds.notice} bits, an alert from ${thresholds.alert}. Rates: ${rates}.${unsaid}`,
      table: {
        head: ["what", "where", "bits", "of benign releases"],
        rows: sightings.map((sighting) => ({ ...(level === "alert" && { mark: "removed" }), cells: cellsOf(sighting) })),
      },
    };
  });
}

function cellsOf({ title, evidence, bits, counts, benign }: Weighed): readonly string[] {
  const places = evidence.map(({ path, line, text }) => {
    const at = path === undefined ? "" : `${path}${line === undefined ? "" : `:${line}`} `;
    return `${at}(${text})`;
  });
  return [title, places.join(", "), counts ? bits.toFixed(1) : "counted above", `${(100 * benign).toFixed(1)} %`];
}
