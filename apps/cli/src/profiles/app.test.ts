// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { walk } from "./walk.test-support.ts";

const people = ["ann", "ben", "cem", "dia"].flatMap((name) => ["--owner", name]);

test(
  "app: four owners take a release from init to a device; two of three sign, and one of them who did not propose approves",
  { timeout: 600_000 },
  () =>
    walk(people, ["ann"], async ({ kind, alone, addition, trail, runs }) => {
      assert.equal(kind, "app");
      assert.equal(runs, "hello 1.0.0\n");
      assert.equal(trail.get("approvals/quorum"), "ann");
      assert.deepEqual(alone, ["dia can put into a build what its source does not say", "dia can hold releases back"]);
      assert.equal(addition?.what, "one person more, with a build system of their own");
    }),
);
