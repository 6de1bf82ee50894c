// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalDigest } from "@countersign/trust/canonical";
import type { Head } from "@countersign/trust/release/head";
import type { Order, OrderAction } from "@countersign/trust/release/order";
import { starts } from "./signing-request.ts";

function adding(action: OrderAction): Parameters<typeof starts>[0] {
  const order = { _type: "order", action } as Order;
  const added = canonicalDigest(order);
  return { added, heads: { head: { orders: [{ body: order, digest: added, approvals: [], proof: "" }] } as unknown as Head } };
}

test("a renewal, a recall and a slower rollout start nothing; any other order, a release, and what is not in the heads do", () => {
  assert.ok(!starts({ ...adding("lift"), added: null }));
  for (const action of ["recall", "slow"] as const) assert.ok(!starts(adding(action)), action);
  for (const action of ["lift", "widen", "resume"] as const) assert.ok(starts(adding(action)), action);
  assert.ok(starts({ ...adding("recall"), added: canonicalDigest("a release") }));
});
