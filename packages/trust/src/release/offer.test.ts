// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { policyOf } from "../founding.test-support.ts";
import type { ChannelRules } from "../policy/policy.ts";
import { entryOf, ledger, must, orderOf, statementOf, TestLog } from "../simulator.test-support.ts";
import type { Entry, Head } from "./head.ts";
import { type Offer, type OfferFacts, offerOf } from "./offer.ts";
import type { Order } from "./order.ts";

const log = new TestLog();
const start = 1_000_000;
const usual = policyOf().channels["stable"] as ChannelRules;
const slower: ChannelRules = { ...usual, soakSeconds: 7200, urgent: { ...usual.urgent, soakSeconds: 1800 } };
const release = await entryOf(statementOf(), [], log, start);
const about = (change: Partial<Order>, at: number): Promise<Entry<Order>> =>
  entryOf(orderOf({ release: release.digest, to: null, ...change }), [], log, at);

function offer(change: Partial<OfferFacts>, orders: readonly Entry<Order>[] = []): Offer {
  const place = { product: "hello", platform: "linux-x64", channel: "stable" } as const;
  const head: Head = { _type: "head", spec: "countersign/1", ...place, releases: [release], orders };
  const nothing = { blocked: new Set<never>(), denials: [], unwell: {}, epochFloor: 0 };
  return offerOf({ head, rules: [usual], ledger, time: start, device: "d", ...nothing, ...change });
}

test("attack: a policy that cools off, or the one before it, shortens the soak: the longest counts, in whatever order they stand", () => {
  for (const rules of [[usual, slower] as const, [slower, usual] as const]) {
    const { soakEnd, waits } = offer({ rules, time: start + 3600 });
    assert.equal(must(soakEnd(release)), start + 7200);
    assert.equal(waits(release), true);
  }
  assert.equal(offer({ rules: [usual, slower], time: start + 7200 }).waits(release), false);
});

test("what lifts, widens or resumes a release must have soaked before the revokers were heard, too; what narrows waits for nobody", async () => {
  const lift = await about({ action: "lift", denials: [release.digest] }, start + 10_000);
  const slow = await about({ action: "slow", number: 2 }, start + 20_000);
  const elsewhere = await entryOf(orderOf({ action: "resume", number: 3, to: null }), [], log, start + 30_000);
  assert.equal(must(offer({}).lastSoakEnd(release)), start + 3600);
  assert.equal(must(offer({}, [lift, slow, elsewhere]).lastSoakEnd(release)), start + 10_900);
  assert.equal(must(offer({ rules: [usual, slower] }, [lift]).lastSoakEnd(release)), start + 11_800);
});

test("a release below the epoch floor is barred", () => {
  assert.equal(offer({ epochFloor: 0 }).barred(release), false);
  assert.equal(offer({ epochFloor: 1 }).barred(release), true);
});
