// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalDigest } from "../canonical.ts";
import { orderOf, statementOf } from "../simulator.test-support.ts";
import { chooseRelease } from "./choice.ts";
import type { Entry } from "./head.ts";
import type { Statement } from "./statement.ts";
import { steppingStones } from "./stepping-stones.ts";

const entry = <T>(body: T): Entry<T> => ({ body, digest: canonicalDigest(body), approvals: [], proof: "" });

/** Releases 1, 2, ... with these minimum sequences. */
const withMinimums = (...minimums: readonly number[]): readonly Entry<Statement>[] =>
  minimums.map((minimumSequence, index) => entry(statementOf({ sequence: index + 1, minimumSequence })));

function stonesOf(releases: readonly Entry<Statement>[], recalled: readonly number[] = []): readonly number[] {
  const named = releases.filter(({ body }) => recalled.includes(body.sequence));
  const orders = named.map(({ digest }, index) => entry(orderOf({ number: index + 1, release: digest })));
  const stones = steppingStones(releases, orders);
  return releases.filter(({ digest }) => stones.has(digest)).map(({ body }) => body.sequence);
}

test("the newest is reached over the releases that ask for the least", () => {
  assert.deepEqual(stonesOf(withMinimums(0, 0, 0)), [3]);
  assert.deepEqual(stonesOf(withMinimums(0, 0, 0, 2)), [3, 4]);
  assert.deepEqual(stonesOf(withMinimums(0, 0, 1, 3, 4)), [2, 3, 4, 5]);
  assert.deepEqual(stonesOf(withMinimums(0, 0, 1, 0, 4)), [4, 5]);
});

test("what was recalled is no stone", () => {
  assert.deepEqual(stonesOf(withMinimums(0, 0, 0, 2), [3]), [2, 4]);
});

test("a head that keeps its stones lets a device of any age reach the newest release", () => {
  const history = fc.array(fc.nat(), { minLength: 1, maxLength: 12 }).map((seeds) => seeds.map((seed, index) => seed % (index + 1)));
  fc.assert(
    fc.property(history, fc.nat(12), (minimums, from) => {
      let kept: readonly Entry<Statement>[] = [];
      for (const release of withMinimums(...minimums)) {
        const all = [...kept, release];
        const stones = steppingStones(all, []);
        kept = all.filter(({ digest }) => stones.has(digest));
      }
      const head = {
        _type: "head",
        spec: "countersign/1",
        product: "hello",
        platform: "x",
        channel: "stable",
        releases: kept,
        orders: [],
      } as const;
      let at = Math.min(from, minimums.length);
      const standing = { denied: () => false, barred: () => false, waits: () => false };
      for (let step = 0; step < 12; step++) {
        const { release } = chooseRelease(head, { digest: "", sequence: at, floor: at }, standing);
        at = release?.body.sequence ?? at;
      }
      assert.equal(at, minimums.length);
    }),
  );
});
