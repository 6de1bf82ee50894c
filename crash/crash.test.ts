// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { killAgain } from "./kill-again.ts";

const KILLS = 200;

test(`ledgers killed ${KILLS} times at moments of chance never fork, lose nothing that was acknowledged, and pass their audit`, async (context) => {
  const directory = mkdtempSync(join(tmpdir(), "crash-"));
  context.after(() => rmSync(directory, { recursive: true }));
  const seed = Date.now() % 2 ** 31;
  context.diagnostic(`seed ${seed}`);
  const logs = await killAgain({ directory, kills: KILLS, lanes: 4, seed });
  assert.deepEqual(
    logs.flatMap(({ faults }) => faults),
    [],
  );
  const sum = (of: "acknowledged" | "checkpoints"): number => logs.reduce((total, log) => total + log[of], 0);
  assert.ok(
    sum("acknowledged") > KILLS / 4 && sum("checkpoints") > KILLS / 4,
    `${sum("acknowledged")} acknowledged: the kills came too early`,
  );
});
