// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { contentsOf } from "@countersign/drift/contents";
import { measuredRates } from "@countersign/drift/measured-rates";
import { sha256 } from "@countersign/trust/digest";
import type { Statement } from "@countersign/trust/release/statement";
import { driftOf } from "./compare-releases.ts";

const contents = await contentsOf([]);
const provenance = ["one", "two"].map((builder) => sha256(Buffer.from(builder)));

function signals(before: number, after: number): readonly string[] {
  const statement = (version: string, builders: number) =>
    ({ version, privileges: [], provenance: provenance.slice(0, builders) }) as unknown as Statement; // no more of it is looked at
  const drift = driftOf(
    statement("1.0.0", before),
    statement("1.0.1", after),
    { before: contents, after: contents },
    { before: {}, after: {} },
    measuredRates,
  );
  return drift.sightings.map(({ signal }) => signal);
}

test("a release for which fewer builders vouch than for the one before it is named, before anybody approves it", () => {
  assert.deepEqual(signals(2, 1), ["origin-downgraded"]);
  assert.deepEqual(signals(1, 0), ["origin-downgraded"]);
  assert.deepEqual([...signals(1, 1), ...signals(1, 2)], []);
});
