// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { every } from "./every.ts";

test("runs never overlap, a failing one does not end the series, and the abort does", async () => {
  const stopping = new AbortController();
  let running = 0;
  let runs = 0;
  every(1, stopping.signal, async () => {
    assert.equal(++running, 1);
    await sleep(5);
    running--;
    if (++runs === 2) throw new Error("expected in the log of this test");
  });
  while (runs < 4) await sleep(2);
  stopping.abort();
  await sleep(15);
  const after = runs;
  await sleep(30);
  assert.equal(runs, after);
});
