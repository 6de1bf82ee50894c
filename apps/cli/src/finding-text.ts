// SPDX-License-Identifier: Apache-2.0
import { thresholds } from "@countersign/drift/thresholds";
import type { Kind } from "@countersign/observe/detector";
import type { Finding } from "@countersign/observe/finding";
import type { ShownFinding } from "./observer-answers.ts";
import { plain } from "./plain.ts";
import { table } from "./table.ts";
import { bold, short } from "./text.ts";

type Evidence = Finding["evidence"];

/** What a finding is about, in a few words. */
export function subjectText(evidence: Evidence): string {
  const { product, version, channel, digest, release, monitor, document, file, index } = evidence;
  const named = [product, version, channel].filter((part) => typeof part === "string");
  if (named.length > 0) return named.join(" ");
  const [first] = [monitor, document, file, digest, release].filter((part) => typeof part === "string");
  if (first !== undefined) return /^[0-9a-f]{64}$/.test(first) ? short(first) : first;
  return typeof index === "number" ? `entry ${index}` : "";
}

/** A finding for whoever has to decide what to do about it. */
export function findingText({ id, time, severity, title, evidence, suppressed }: ShownFinding, kind: Kind | undefined): string {
  const { sightings, bits, ...rest } = evidence;
  const subject = subjectText(evidence);
  const facts = Object.entries(rest).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
  const named = typeof evidence["digest"] === "string" ? short(evidence["digest"]) : "DIGEST";
  return [
    `${bold(title)}${subject === "" ? "" : `: ${plain(subject)}`}`,
    `${severity}, found ${new Date(time).toISOString()}, id ${short(id)}`,
    ...(suppressed === null ? [] : [`Suppressed by ${plain(suppressed.owner)} until ${suppressed.expires}: ${plain(suppressed.reason)}`]),
    ...(kind === undefined ? [] : ["", bold("What it means"), kind.means]),
    ...(typeof bits === "number"
      ? [
          "",
          bold("Score"),
          `${bits} bits. Of benign releases fewer than 5 in 100 score ${thresholds.notice} or more, and fewer than 1 in 100 ${thresholds.alert}.`,
        ]
      : []),
    ...(Array.isArray(sightings) && sightings.length > 0
      ? [table(["bits", "what", "where", "benign releases that show it"], sightings.map(sightingRow))]
      : []),
    ...(facts.length === 0 ? [] : ["", bold("Evidence"), table(["", ""], facts).trimStart()]),
    ...(kind === undefined ? [] : ["", bold("What to do"), kind.advice.replace("DIGEST", named)]),
  ].join("\n");
}

function sightingRow(sighting: Evidence[string]): readonly string[] {
  const { title, bits, benign, counts, evidence } = sighting as {
    readonly title: string;
    readonly bits: number;
    readonly benign: number;
    readonly counts: boolean;
    readonly evidence: readonly { readonly text: string; readonly path?: string; readonly line?: number }[];
  };
  const places = evidence
    .slice(0, 3)
    .map(({ path, line, text }) => `${path ?? ""}${line === undefined ? "" : `:${line}`} (${text})`.trim());
  return [counts ? bits.toFixed(1) : "", title, places.join(", "), `${(100 * benign).toFixed(1)} of 100`];
}
