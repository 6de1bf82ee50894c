// SPDX-License-Identifier: Apache-2.0
import { levelOf, type Weighed } from "@countersign/drift/assessment";
import type { Evidence } from "@countersign/drift/detector";
import { detectors } from "@countersign/drift/detectors";
import { thresholds } from "@countersign/drift/thresholds";
import type { Statement } from "@countersign/trust/release/statement";
import type { PlatformDrift } from "./compare-releases.ts";

const levels = { alert: "error", notice: "warning", quiet: "note" } as const;

/**
 * What is unusual in a release, as SARIF 2.1.0 for CI: one rule for each thing that is looked for, one result for each place where it was seen. A result is an `error` where the whole
 * release is unusual enough for an alert, a `warning` where it is for a notice, else a `note`.
 */
export function sarifOf({ artifacts }: Pick<Statement, "artifacts">, drift: readonly PlatformDrift[], version: string): object {
  const rules = detectors.map(({ signal, title, group }) => ({ id: signal, shortDescription: { text: title }, properties: { group } }));
  const results = drift.flatMap(({ platform, bits, sightings, rates }) => {
    const archive = artifacts.find((artifact) => artifact.platform === platform)?.name ?? platform;
    const level = levels[levelOf(bits, thresholds)];
    return sightings.flatMap((sighting) =>
      sighting.evidence.map((place) => resultOf(sighting, place, { level, platform, archive, score: bits, rates })),
    );
  });
  const driver = { name: "Countersign", semanticVersion: version, rules };
  const runs = [{ tool: { driver }, columnKind: "utf16CodeUnits", results }];
  return { $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs };
}

interface Place {
  readonly level: "error" | "warning" | "note";
  readonly platform: string;
  readonly archive: string;
  /** Of the whole release on this platform. */
  readonly score: number;
  readonly rates: string;
}

/** Lines count from 1; what has no line is at the first, and what has no file is at the archive. */
function resultOf({ signal, title, bits, benign, counts }: Weighed, { text, path, line = 1 }: Evidence, at: Place): object {
  const { level, platform, archive, score, rates } = at;
  const uri = (path ?? archive).split("/").map(encodeURIComponent).join("/");
  return {
    ruleId: signal,
    ruleIndex: detectors.findIndex((detector) => detector.signal === signal),
    level,
    message: {
      text: `${title}: ${text}. ${bits.toFixed(1)} bits; ${(100 * benign).toFixed(1)} of 100 benign releases of this kind show it.`,
    },
    locations: [{ physicalLocation: { artifactLocation: { uri }, region: { startLine: Math.max(1, Math.trunc(line)) } } }],
    partialFingerprints: { "countersign/v1": `${signal}:${platform}:${path ?? ""}:${text}` },
    properties: { bits, benign, counts, platform, score, rates },
  };
}
