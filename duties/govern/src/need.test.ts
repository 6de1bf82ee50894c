// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { mostUrgent, type Need, urgencyOf } from "./need.ts";
import type { Proposal } from "./proposal.ts";

const release = (version: string) => ({ body: { _type: "release", version } }) as Proposal;
const recall = { body: { _type: "order", action: "recall" } } as Proposal;
const widen = { body: { _type: "order", action: "widen" } } as Proposal;
const changed: Need = { entry: null, reason: "signers-changed" };
const old: Need = { entry: null, reason: "grows-old" };

test("what halts goes first, then a file that must be signed anew for targets to be listed, then entries as they came, then what grows old", () => {
  assert.equal(mostUrgent([release("1"), recall], changed)?.entry, recall);
  assert.equal(mostUrgent([release("1"), widen], changed), changed);
  const first = release("1");
  assert.equal(mostUrgent([first, release("2"), widen], old)?.entry, first);
  assert.equal(mostUrgent([], old), old);
  assert.equal(mostUrgent([], undefined), undefined);
  const order = [{ entry: recall }, changed, { entry: first }, old].map(urgencyOf);
  assert.deepEqual(order, order.toSorted().toReversed());
});
