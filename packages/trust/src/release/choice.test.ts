// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalDigest } from "../canonical.ts";
import { orderOf, statementOf } from "../simulator.test-support.ts";
import { chooseRelease, liftedDenials, type Running, rolloutOrders, standingHead } from "./choice.ts";
import type { Entry, Head } from "./head.ts";
import type { Order } from "./order.ts";
import type { Statement } from "./statement.ts";

const entry = <T>(body: T): Entry<T> => ({ body, digest: canonicalDigest(body), approvals: [], proof: "" });
const releases = [1, 2, 3, 4].map((sequence) => entry(statementOf({ sequence })));
const digest = (sequence: number) => entry(statementOf({ sequence })).digest;
const running = (sequence: number): Running => ({ digest: digest(sequence), sequence, floor: sequence });
const recall = (number: number, release: number, to: number): Order => orderOf({ number, release: digest(release), to: digest(to) });
const headOf = (orders: readonly Order[] = [], from: readonly Entry<Statement>[] = releases): Head => ({
  _type: "head",
  spec: "countersign/1",
  product: "hello",
  platform: "linux-x64",
  channel: "stable",
  releases: from,
  orders: orders.map(entry),
});
const choose = (
  at: number | undefined,
  orders: readonly Order[] = [],
  denied: readonly number[] = [],
  from = releases,
  waiting: readonly number[] = [],
  barred: readonly number[] = [],
): string => {
  const { release, reason } = chooseRelease(headOf(orders, from), at === undefined ? undefined : running(at), {
    denied: ({ body }) => denied.includes(body.sequence),
    barred: ({ body }) => barred.includes(body.sequence),
    waits: ({ body }) => waiting.includes(body.sequence),
  });
  return `${release?.body.sequence ?? "stay"} ${reason}`;
};

test("the highest sequence above the running one, and none where there is none", () => {
  assert.equal(choose(undefined), "4 newer");
  assert.equal(choose(1), "4 newer");
  assert.equal(choose(4), "stay current");
  assert.equal(choose(9), "stay current");
});

test("what is denied or recalled is passed over for the next", () => {
  assert.equal(choose(1, [], [4]), "3 newer");
  assert.equal(choose(1, [], [2, 3, 4]), "stay current");
  assert.equal(choose(1, [recall(1, 4, 2)]), "3 newer");
  assert.equal(choose(undefined, [recall(1, 4, 2)], [3]), "2 newer");
});

test("a recall of what runs leads where it says, back too; of another release it leads nobody away", () => {
  assert.equal(choose(4, [recall(1, 4, 2)]), "2 recalled");
  assert.equal(choose(3, [recall(1, 4, 2)]), "stay current");
  assert.equal(choose(4, [recall(1, 4, 2), recall(2, 4, 3)]), "3 recalled");
});

test("attack: a recall to a release below the epoch floor holds the device off a good newer one; only where there is none is it named", () => {
  assert.equal(choose(3, [recall(1, 3, 1)], [], releases, [], [1]), "4 newer");
  assert.equal(choose(4, [recall(1, 4, 1)], [], releases, [], [1]), "1 recalled");
});

test("a recall that leads to what was recalled later leads on", () => {
  assert.equal(choose(4, [recall(1, 4, 3), recall(2, 3, 2)]), "2 recalled");
});

test("attack: one person recalls a release in favour of one that was recalled; nobody goes back to it", () => {
  assert.equal(choose(3, [recall(1, 4, 3), recall(2, 3, 4)]), "stay recalled");
  assert.equal(choose(2, [recall(1, 4, 3), recall(2, 3, 4), recall(3, 2, 4)]), "stay recalled");
});

test("a recall to what is denied or not there leads to news, or nowhere and says so", () => {
  assert.equal(choose(3, [recall(1, 3, 2)], [2]), "4 newer");
  assert.equal(choose(4, [recall(1, 4, 2)], [2]), "stay recalled");
  assert.equal(choose(4, [recall(1, 4, 1)], [], releases.slice(1)), "stay recalled");
});

test("a release that cannot be reached from here is reached over a stepping stone", () => {
  const far = [...releases, entry(statementOf({ sequence: 5, minimumSequence: 3 }))];
  assert.equal(choose(2, [], [], far), "4 newer");
  assert.equal(choose(3, [], [], far), "5 newer");
  assert.equal(choose(undefined, [], [], far), "5 newer");
});

test("a release whose turn has not come yields to the newest whose turn has; where all wait, the newest is named", () => {
  assert.equal(choose(1, [], [], releases, [4]), "3 newer");
  assert.equal(choose(1, [], [], releases, [3, 4]), "2 newer");
  assert.equal(choose(1, [], [], releases, [2, 3, 4]), "4 newer");
  assert.equal(choose(3, [], [], releases, [4]), "4 newer");
  assert.equal(choose(1, [], [3], releases, [4]), "2 newer");
});

const denialOf = (text: string) => canonicalDigest(text);
const lift = orderOf({ action: "lift", number: 2, release: digest(2), to: null, denials: [denialOf("a"), denialOf("b")] });

test("a lift answers the denials that it names, for the release that it names; a recall answers none", () => {
  const head = headOf([recall(1, 4, 3), lift, { ...lift, number: 3, denials: [denialOf("c")] }]);
  assert.deepEqual([...liftedDenials(head, digest(2))], ["a", "b", "c"].map(denialOf));
  assert.equal(liftedDenials(head, digest(3)).size, 0);
  assert.equal(liftedDenials(headOf([recall(1, 2, 1)]), digest(2)).size, 0);
});

test("an order that no longer holds stops nothing but what it recalled or slowed: a lift is passed over, a recall leads nowhere and blocks still", () => {
  const slow = orderOf({ action: "slow", number: 3, release: digest(3), to: null });
  const widen = orderOf({ action: "widen", number: 4, release: digest(3), to: null, overSeconds: 0 });
  const offered = headOf([recall(1, 4, 2), lift, slow, widen]);
  const all = standingHead(offered, () => true);
  assert.deepEqual([all.head, all.blocked], [offered, new Set()]);
  const none = standingHead(offered, () => false);
  assert.deepEqual([none.head.orders.map(({ body }) => body.action), none.blocked], [["slow"], new Set([digest(4)])]);
  assert.deepEqual(
    rolloutOrders(none.head, digest(3)).map(({ body }) => body.number),
    [3],
  );
  const standing = { denied: (release: Entry<Statement>) => none.blocked.has(release.digest), barred: () => false, waits: () => false };
  const choice = chooseRelease(none.head, running(1), standing);
  assert.deepEqual([choice.release?.digest, choice.reason], [digest(3), "newer"], "the channel goes on");
  assert.equal(chooseRelease(none.head, running(4), standing).reason, "current", "nobody is led away by an order that does not hold");
});
