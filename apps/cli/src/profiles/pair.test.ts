// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { walk } from "./walk.test-support.ts";

test(
  "pair: one builds and proposes, the other approves and signs; neither starts anything alone, and either can stop it",
  { timeout: 600_000 },
  () =>
    walk(["--owner", "ann", "--owner", "ben"], ["ben"], async ({ kind, plan, alone, trail, runs, digest, refused }) => {
      assert.equal(kind, "pair");
      assert.equal(runs, "hello 1.0.0\n");
      assert.deepEqual([plan.root.threshold, plan.root.holders.length, plan.targets.threshold, plan.witnessQuorum], [2, 2, 2, 2]);
      assert.equal(trail.get("approvals/quorum"), "ben");
      assert.deepEqual(
        plan.revokers.map(({ owner }) => owner),
        ["ann", "ben"],
      );
      assert.deepEqual(alone, [
        "ann can put into a build what its source does not say",
        "ann can hold releases back",
        "ann can leave root and targets without a quorum",
        "ben can hold releases back",
        "ben can leave root and targets without a quorum",
      ]);
      for (const either of ["ann", "ben"]) assert.equal(await refused("revoke", digest, "--reason", "leaks", "--as", either), "", either);
    }),
);
