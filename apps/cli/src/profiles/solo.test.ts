// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { walk } from "./walk.test-support.ts";

test(
  "solo: one person takes a release from init to a device, and is told that alone they are enough for anything",
  { timeout: 600_000 },
  () =>
    walk(["--owner", "ann"], ["ann"], async ({ kind, alone, addition, trail, runs }) => {
      assert.equal(kind, "solo");
      assert.equal(runs, "hello 1.0.0\n");
      assert.equal(trail.get("approvals/quorum"), "ann");
      assert.deepEqual(alone, ["ann can ship anything"]);
      assert.equal(addition?.what, "one person more");
    }),
);
