// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { ensure, programs } from "./outside.ts";

test("what is missing is one line that names the command, and nothing is installed after opting out", (context) => {
  const { PATH, COUNTERSIGN_NO_INSTALL } = process.env;
  context.after(() => Object.assign(process.env, { PATH, COUNTERSIGN_NO_INSTALL: COUNTERSIGN_NO_INSTALL ?? "" }));
  Object.assign(process.env, { PATH: "/nonexistent", COUNTERSIGN_NO_INSTALL: "1" });
  const reasons = ensure(programs.map(({ name }) => name));
  assert.equal(reasons.length, programs.length);
  for (const [index, reason] of reasons.entries())
    assert.ok(reason.endsWith(`apt-get install ${programs[index]?.package}`) && !reason.includes("\n"));
});

test("only what is in the table can be asked for", () => {
  assert.deepEqual(ensure([]), []);
  assert.throws(() => ensure(["mount", "curl"]), /curl/);
});
