// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { walk } from "./walk.test-support.ts";

const people = ["ann", "ben", "cem", "dia", "eva"].flatMap((name) => ["--owner", name]);

test(
  "agent: two owners build the same bytes, two approve, a monitor has read past it, and a device runs it; nobody alone misleads the others",
  {
    timeout: 600_000,
  },
  () =>
    walk([...people, "--profile", "agent"], ["ann", "ben"], async ({ kind, alone, trail, runs }) => {
      assert.equal(kind, "agent");
      assert.equal(runs, "hello 1.0.0\n");
      assert.equal(trail.get("approvals/quorum"), "ann, ben");
      assert.match(trail.get("provenance/builders") ?? "", /builders\/hello\/dia; .*builders\/hello\/eva/);
      assert.match(trail.get("soak/read-past") ?? "", /^observe-\w+ at \d+/);
      assert.deepEqual(alone, ["dia can hold releases back", "eva can hold releases back"]);
    }),
);
