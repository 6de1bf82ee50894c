// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { walk } from "./walk.test-support.ts";

const people = ["ann", "ben", "cem", "dia", "eva", "fay", "gil"].flatMap((name) => ["--owner", name]);

test(
  "firmware: three of five sign what two built and two approved, after a monitor has read past it, and a device runs it",
  { timeout: 600_000 },
  () =>
    walk([...people, "--profile", "firmware"], ["ann", "ben"], async ({ kind, plan, alone, trail, runs }) => {
      assert.equal(kind, "firmware");
      assert.equal(runs, "hello 1.0.0\n");
      assert.deepEqual([plan.signers.threshold, plan.signers.holders.length], [3, 5]);
      assert.match(trail.get("provenance/builders") ?? "", /builders\/hello\/fay; .*builders\/hello\/gil/);
      assert.match(trail.get("soak/read-past") ?? "", /^observe-\w+ at \d+/);
      assert.deepEqual(alone, ["fay can hold releases back", "gil can hold releases back"]);
    }),
);
