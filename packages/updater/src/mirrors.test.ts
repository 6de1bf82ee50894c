// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";
import fc from "fast-check";
import { fetchFrom, Mirrors } from "./mirrors.ts";

const bases = ["http://one", "http://two", "http://three"];
const lost = refuse("connection-lost", "an answer", "none", "");

test("mirrors are asked in order; one that failed comes last until it has rested", () => {
  let now = 0;
  const mirrors = new Mirrors(bases, () => now);
  assert.deepEqual(mirrors.inOrder, bases);
  mirrors.failed("http://one");
  assert.deepEqual(mirrors.inOrder, ["http://two", "http://three", "http://one"]);
  now = 60_000;
  assert.deepEqual(mirrors.inOrder, bases);
});

test("each failure in a row doubles the rest, up to an hour; one success ends it", () => {
  let now = 0;
  const mirrors = new Mirrors(bases, () => now);
  const rests = [1, 2, 3, 4, 5, 6, 7, 8].map(() => {
    mirrors.failed("http://one");
    return ((mirrors.health["http://one"]?.restsUntil ?? 0) - now) / 60_000;
  });
  assert.deepEqual(rests, [1, 2, 4, 8, 16, 32, 60, 60]);
  now = 1000;
  mirrors.served("http://one");
  assert.deepEqual([mirrors.inOrder, mirrors.health], [bases, {}]);
});

test("what was known before holds, but not for mirrors that are gone, nor under a clock that was set back", () => {
  const known = { "http://one": { failures: 1, restsUntil: 30_000 }, "http://gone": { failures: 9, restsUntil: 30_000 } };
  assert.deepEqual(new Mirrors(bases, () => 0, known).inOrder, ["http://two", "http://three", "http://one"]);
  assert.deepEqual(Object.keys(new Mirrors(bases, () => 0, known).health), ["http://one"]);
  assert.deepEqual(new Mirrors(bases, () => -1e12, known).inOrder, bases);
});

test("whatever happened, every mirror is asked before giving up, and each once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ base: fc.constantFrom(...bases), well: fc.boolean(), pause: fc.nat(5_000_000) })),
      async (history) => {
        let now = 0;
        const mirrors = new Mirrors(bases, () => now);
        for (const { base, well, pause } of history) {
          now += pause;
          if (well) mirrors.served(base);
          else mirrors.failed(base);
        }
        const asked: string[] = [];
        const outcome = await fetchFrom(mirrors, async (base) => {
          asked.push(base);
          return lost;
        });
        assert.deepEqual(asked.toSorted(), bases.toSorted());
        assert.deepEqual(outcome, lost);
      },
    ),
  );
});

test("the next mirror is asked only for what may be the mirror's fault; the refusal is that of the first", async () => {
  const asked: string[] = [];
  const from = (answers: Readonly<Record<string, Outcome<number>>>): Promise<Outcome<number>> =>
    fetchFrom(new Mirrors(bases), async (base) => {
      asked.push(base);
      return answers[base] ?? lost;
    });
  assert.deepEqual(await from({ "http://two": accept(2) }), accept(2));
  const full = refuse("disk-full", "room", "none", "");
  assert.deepEqual(await from({ "http://one": refuse("too-slow", "", "", ""), "http://two": full }), full);
  const slow = refuse("too-slow", "", "first", "");
  assert.deepEqual(await from({ "http://one": slow }), slow);
  assert.equal(asked.length, 2 + 2 + 3);
});
