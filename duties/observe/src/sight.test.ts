// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { refuse } from "@countersign/trust/refusal";
import { blindFinding, blindness, type Sight, sightAfter } from "./sight.ts";
import { Listening } from "./silences.ts";

const start: Sight = { seen: 0, time: 0, obstacle: undefined };
const { refusal } = refuse("unreachable", "an answer", "none", "Try again.");

test("whoever reads on sees; whoever is shown the same again and again is blind when the time is over", () => {
  const seen = sightAfter(start, { time: 100, obstacle: undefined }, 5000);
  assert.deepEqual(seen, { seen: 5000, time: 100, obstacle: undefined });
  const frozen = sightAfter(seen, { time: 100, obstacle: undefined }, 60_000);
  assert.equal(blindness(frozen, 10, 15_000), undefined);
  assert.match(blindness(frozen, 10, 15_001) ?? "", /^nothing newer than witnessed time 100/);
  assert.equal(blindness(sightAfter(frozen, { time: 101, obstacle: undefined }, 60_001), 10, 61_000), undefined);
});

test("attack: newer time beside what cannot be read, and an observer that never saw anything", () => {
  const half = sightAfter(start, { time: 100, obstacle: refusal }, 9000);
  assert.match(blindness(half, 10, 10_001) ?? "", /^unreachable/);
  assert.match(blindness(start, 10, 10_001) ?? "", /witnessed time 0/);
});

test("each blindness is one finding, and the next is another", () => {
  const id = (sight: Sight, now: number) => blindFinding(sight, "x", now).id;
  assert.equal(id(start, 20_000), id(start, 30_000));
  assert.notEqual(id(start, 20_000), id({ ...start, seen: 25_000, time: 1 }, 40_000));
});

test("a monitor's silence counts from when it was first noticed, and is over when it is heard", () => {
  const listening = new Listening();
  const silent = { monitor: "watch", time: 7, outcome: { ok: false, refusal } } as const;
  const heard = { monitor: "watch", time: 9, outcome: { ok: true, value: {} as never } } as const;
  const seconds = (now: number) => listening.hear([silent], now).map((silence) => silence.seconds);
  assert.deepEqual([seconds(1000), seconds(4000)], [[0], [3]]);
  assert.deepEqual(listening.hear([heard], 5000), []);
  assert.deepEqual(seconds(6000), [0]);
});
