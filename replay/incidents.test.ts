// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { incidents } from "./incidents.ts";
import { assessIncident, incidentsTable, incidentsText } from "./incidents-table.ts";
import { committedPairs } from "./measure.ts";

test("each incident is seen as well as its row says, and those that cannot be seen say what stops them", async () => {
  const rows = await incidentsTable();
  assert.ok(rows.length >= 12);
  for (const { id, kept, bits, level, expected, stoppedBy } of rows) {
    assert.ok(kept, `${id}: ${bits} bits are ${level}, ${expected} was expected`);
    assert.ok(stoppedBy.length > 20, id);
  }
  const alarms = rows.filter(({ level }) => level === "alert").map(({ id }) => id);
  assert.deepEqual(alarms, ["ua-parser-js-0.7.29", "coa-2.0.3", "eslint-scope-3.7.2", "chalk-debug-2025", "axios-1.14.1"]);
  assert.match(incidentsText(rows), /5 of 12 incidents alarm/);
});

test("it is the attack that is seen, and not the package: the release before, again, is quiet", async () => {
  for (const { id, pair } of incidents) {
    if (pair === undefined) continue;
    const { files, intended, origin, publisher, declared } = pair.before;
    const again = { version: `${pair.before.version}.1`, files, intended, origin, publisher, declared };
    const { level } = await assessIncident({ before: pair.before, after: again });
    assert.equal(level, "quiet", id);
  }
});

test("the benign pairs are named by hash, and a package is in one half only", () => {
  const pairs = committedPairs();
  assert.ok(pairs.length >= 150);
  const halves = new Map<string, string>();
  for (const { name, before, after, set } of pairs) {
    assert.match(before.integrity, /^sha512-[A-Za-z0-9+/]{86}==$/);
    assert.match(after.integrity, /^sha512-[A-Za-z0-9+/]{86}==$/);
    assert.equal(halves.get(name) ?? set, set, name);
    halves.set(name, set);
  }
});
