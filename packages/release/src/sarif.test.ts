// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Weighed } from "@countersign/drift/assessment";
import type { PlatformDrift } from "./compare-releases.ts";
import { sarifOf } from "./sarif.ts";

const artifacts = [{ platform: "linux-x64", name: "hello.tar.zst", length: 1, sha256: "0".repeat(64) as never, unpacked: 1, files: 1 }];
const sighting = (signal: string, evidence: Weighed["evidence"]): Weighed => ({
  signal,
  group: "network",
  title: "A new host",
  evidence,
  bits: 6,
  benign: 0.016,
  counts: true,
});
const drift = (bits: number, ...sightings: readonly Weighed[]): PlatformDrift => ({
  platform: "linux-x64",
  unaged: [],
  bits,
  sightings,
  rates: "strangers",
});

interface Sarif {
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations: readonly {
        readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: { readonly startLine: number } };
      }[];
    }[];
  }[];
}
const sarif = (...each: readonly PlatformDrift[]) => JSON.parse(JSON.stringify(sarifOf({ artifacts }, each, "0.1.0"))) as Sarif;

test("one result for each place, whose rule is listed, at a line from 1 of a file in the release", () => {
  const places = [{ text: "a", path: "lib/s p.js", line: 7 }, { text: "b", path: "x", line: 0 }, { text: "c" }];
  const { version, runs } = sarif(drift(24, sighting("host-added", places)));
  assert.deepEqual([version, runs.length], ["2.1.0", 1]);
  const [run] = runs as [Sarif["runs"][number]];
  for (const { ruleId, ruleIndex, message } of run.results) {
    assert.equal(run.tool.driver.rules[ruleIndex]?.id, ruleId);
    assert.ok(message.text.includes("6.0 bits; 1.6 of 100"));
  }
  assert.deepEqual(
    run.results.map(({ locations: [at] }) => [at?.physicalLocation.artifactLocation.uri, at?.physicalLocation.region.startLine]),
    [
      ["lib/s%20p.js", 7],
      ["x", 1],
      ["hello.tar.zst", 1],
    ],
  );
});

test("the level is that of the whole release", () => {
  for (const [bits, level] of [
    [22, "error"],
    [12, "warning"],
    [6, "note"],
  ] as const)
    assert.equal(sarif(drift(bits, sighting("host-added", [{ text: "x" }]))).runs[0]?.results[0]?.level, level);
  assert.deepEqual(sarif(drift(0)).runs[0]?.results, []);
});
