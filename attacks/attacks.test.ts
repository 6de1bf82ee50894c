// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { attacks, demoAttacks } from "./attacks.ts";
import { type AttackResult, runAttack } from "./lab/judge.ts";
import { type Lab, scratchDirectory } from "./lab/lab.ts";
import { openLab } from "./lab/open-lab.ts";
import { securityTable } from "./lab/print.ts";

/** Two worlds of sixteen processes, three releases and a revocation, however busy the machine is. */
const aWholeWorld = { timeout: 600_000 };

describe("every attack is refused, and succeeds when its controls are taken away", () => {
  const scratch = scratchDirectory();
  let lab: Lab;
  before(async () => {
    lab = await openLab((await scratch).path, attacks);
  }, aWholeWorld);
  after(async () => (await scratch)[Symbol.asyncDispose]());

  const results: AttackResult[] = [];
  describe("each both ways", { concurrency: 2 }, () => {
    for (const [index, attack] of attacks.entries()) {
      it(attack.name, async () => {
        const result = await runAttack(attack, lab);
        results[index] = result;
        const { moves } = result;
        assert.ok(moves.length > 0);
        for (const { does, faults } of moves) assert.deepEqual(faults, [], does);
      });
    }
  });

  it("is what SECURITY.md says: its table is printed by npm run attacks -- --table", async () => {
    const text = await readFile(new URL("../SECURITY.md", import.meta.url), "utf8");
    assert.equal(text.split(/<!-- attacks:(?:begin|end) -->/)[1]?.trim(), securityTable(results));
  });
});

describe("the list of attacks", () => {
  it("names each once, and the demonstration's need nothing planted", () => {
    assert.equal(new Set(attacks.map(({ name }) => name)).size, attacks.length);
    assert.deepEqual(
      demoAttacks.filter(({ plant }) => plant !== undefined),
      [],
    );
  });
});
