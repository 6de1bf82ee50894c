// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalDigest } from "@countersign/trust/canonical";
import type { Entry, Head } from "@countersign/trust/release/head";
import { orderOf, statementOf } from "@countersign/trust/simulator.test-support";
import { carriedReleases } from "./carried-releases.ts";

const entry = <T>(body: T): Entry<T> => ({ body, digest: canonicalDigest(body), approvals: [], proof: "" });
const releases = [0, 0, 0, 3, 0].map((minimumSequence, at) => entry(statementOf({ sequence: at + 1, minimumSequence })));
const last = entry(statementOf({ sequence: 6, minimumSequence: 4 }));

function carried(head: Pick<Head, "releases" | "orders">, offered?: string): readonly number[] {
  const place = { _type: "head", spec: "countersign/1", product: "hello", platform: "linux-x64", channel: "stable" } as const;
  return carriedReleases({ ...place, ...head }, offered).map(({ body }) => body.sequence);
}

test("a site gets the newest, what old devices must step over, and nothing else", () => {
  assert.deepEqual(carried({ releases, orders: [] }), [5]);
  assert.deepEqual(carried({ releases: [...releases, last], orders: [] }), [5, 6]);
});

test("a site gets the release that a recall leads to, and the one that is offered instead of a revoked one", () => {
  const [first, second] = releases;
  const recall = entry(orderOf({ number: 1, release: (releases[4] ?? last).digest, to: first?.digest ?? null }));
  assert.deepEqual(carried({ releases: [...releases, last], orders: [recall] }), [1, 3, 4, 6]);
  assert.deepEqual(carried({ releases, orders: [] }, second?.digest), [2, 5]);
});
