// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalDigest } from "../canonical.ts";
import type { Order } from "./order.ts";
import { hasTurn, type PaceChange, rolloutAt, rolloutPoint } from "./rollout.ts";

const soakEnd = 1000;
const change = (number: number, action: Order["action"], at: number, overSeconds: number | null = null): PaceChange => ({
  order: { action, number, overSeconds },
  at,
});
const shareAt = (time: number, changes: readonly PaceChange[] = [], over = 100): number | "paused" => {
  const { share, paused } = rolloutAt(over, soakEnd, changes, time);
  return paused ? "paused" : Math.round(share * 1000) / 1000;
};

test("a rollout reaches everyone over its time, from the end of the soak, or at once", () => {
  assert.deepEqual(
    [999, 1000, 1050, 1100, 9999].map((time) => shareAt(time)),
    [0, 0, 0.5, 1, 1],
  );
  assert.deepEqual(
    [999, 1000].map((time) => shareAt(time, [], 0)),
    [0, 1],
  );
});

test("each device has a point of its own in each rollout, and the points are spread evenly", () => {
  const digest = canonicalDigest("a release");
  const points = Array.from({ length: 2000 }, (_, index) => rolloutPoint(digest, `device-${index}`));
  assert.ok(points.every((point) => point >= 0 && point < 1));
  const early = points.filter((point) => point < 0.25).length;
  assert.ok(early > 400 && early < 600, `${early} of 2000 in the first quarter`);
  assert.notEqual(rolloutPoint(digest, "device-1"), rolloutPoint(canonicalDigest("another"), "device-1"));
});

test("slow spreads what is left over more time, at once, and never over less", () => {
  assert.deepEqual(
    [1050, 1100, 1150].map((time) => shareAt(time, [change(1, "slow", 1050, 100)])),
    [0.5, 0.75, 1],
  );
  assert.equal(shareAt(1060, [change(1, "slow", 1050, 1)]), 0.6);
  assert.equal(shareAt(1050, [change(1, "slow", 500, 200)]), 0.25, "one from before the end of the soak");
});

test("a pause stops everyone who has not begun; resume goes on at the pace of the statement, widen at its own", () => {
  const paused = change(1, "slow", 1050);
  assert.equal(shareAt(5000, [paused]), "paused");
  assert.equal(hasTurn(rolloutAt(100, soakEnd, [paused], 5000), 0), false);
  assert.equal(shareAt(5000, [paused, change(2, "slow", 2000, 10)]), "paused", "what slows ends no pause");
  assert.deepEqual(
    [2000, 2025, 2050].map((time) => shareAt(time, [paused, change(2, "resume", 2000)])),
    [0.5, 0.75, 1],
  );
  assert.deepEqual(
    [2000, 2005, 2010].map((time) => shareAt(time, [paused, change(2, "widen", 2000, 10)])),
    [0.5, 0.75, 1],
  );
  assert.equal(shareAt(2000, [paused, change(2, "widen", 2000, 0)]), 1);
  assert.equal(shareAt(1050, [change(1, "slow", 900)], 0), "paused", "also where all had their turn at once");
});

test("attack: a widening that soaks while somebody halts; what was ordered later and acts earlier wins", () => {
  const widen = change(1, "widen", 1080, 0);
  assert.equal(shareAt(1090, [widen]), 1);
  assert.equal(shareAt(1090, [widen, change(2, "slow", 1050)]), "paused");
  assert.equal(shareAt(1090, [change(1, "slow", 1050), { ...widen, order: { ...widen.order, number: 2 } }]), 1, "ordered after the halt");
});

const action = fc.constantFrom("slow", "widen", "resume");
const changes = fc.array(fc.record({ action, at: fc.integer({ min: 0, max: 3000 }), over: fc.integer({ min: 0, max: 500 }) }), {
  maxLength: 6,
});

test("whatever is ordered, no turn is ever taken back, and a slow never brings one forward", () => {
  fc.assert(
    fc.property(changes, fc.integer({ min: 0, max: 300 }), fc.integer({ min: 900, max: 3000 }), (orders, over, time) => {
      const made = orders.map(({ action, at, over }, index) => change(index + 1, action, at, action === "resume" ? null : over || null));
      const sound = made.map((each) =>
        each.order.action === "widen" ? { ...each, order: { ...each.order, overSeconds: each.order.overSeconds ?? 0 } } : each,
      );
      const now = rolloutAt(over, soakEnd, sound, time);
      assert.ok(now.share >= 0 && now.share <= 1);
      assert.ok(rolloutAt(over, soakEnd, sound, time + 1).share >= now.share);
      const slowed = rolloutAt(over, soakEnd, [...sound, change(99, "slow", time - 10, 50)], time);
      assert.ok(slowed.share <= now.share + 1e-9);
    }),
  );
});
