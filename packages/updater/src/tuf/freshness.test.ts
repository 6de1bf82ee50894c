// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { strict } from "@countersign/trust/tuf/freshness";
import { clientOf, codeOf, optionsFor } from "./client.test-support.ts";
import { TufClient, type TufClientOptions } from "./client.ts";
import { freshnessSince } from "./freshness.ts";
import { TestRepository } from "./repository.test-support.ts";

const start = Date.parse("2030-01-01T00:00:00Z");
const hour = 3_600_000;

/** A client that refreshed at `start`, and one of another run at another time and under another policy. */
async function refreshed() {
  const repository = await TestRepository.start();
  repository.document("timestamp").expires = "2030-01-02T00:00:00Z";
  repository.release("targets");
  const { client, directory } = await clientOf(repository, { clock: () => start });
  assert.equal(codeOf(await client.refresh()), "accepted");
  repository.requests.length = 0;
  const refreshAt = async (time: number, freshness: TufClientOptions["freshness"]): Promise<string> =>
    codeOf(await new TufClient(await optionsFor(repository, { directory, clock: () => time, freshness })).refresh());
  return { repository, refreshAt };
}

test("lazy for an hour asks nobody within it, and asks after it", async () => {
  const { repository, refreshAt } = await refreshed();
  const freshness = { kind: "lazy-for", seconds: 3600 } as const;
  assert.equal(await refreshAt(start + hour - 1, freshness), "accepted");
  assert.deepEqual(repository.requests, []);
  assert.equal(await refreshAt(start + hour, freshness), "accepted");
  assert.equal(repository.requests.length, 2);
});

test("asking nobody is no check: laziness does not feed itself", async () => {
  const { repository, refreshAt } = await refreshed();
  const freshness = { kind: "lazy-for", seconds: 3600 } as const;
  assert.equal(await refreshAt(start + hour - 1, freshness), "accepted");
  assert.equal(await refreshAt(start + hour + 1, freshness), "accepted");
  assert.equal(repository.requests.length, 2);
});

test("attack: laziness beyond what the metadata says of itself", async () => {
  const { repository, refreshAt } = await refreshed();
  assert.equal(await refreshAt(start + 24 * hour, { kind: "lazy-for", seconds: 10 * 86_400 }), "expired");
  assert.ok(repository.requests.length > 0);
});

test("offline puts up with what has expired until a time, and asks nobody; then it does", async () => {
  const { repository, refreshAt } = await refreshed();
  const freshness = { kind: "offline", until: start + 100 * hour } as const;
  assert.equal(await refreshAt(start + 99 * hour, freshness), "accepted");
  assert.deepEqual(repository.requests, []);
  assert.equal(await refreshAt(start + 100 * hour, freshness), "expired");
  assert.ok(repository.requests.length > 0);
});

test("a check in the future, since a clock was set back, is none", () => {
  const freshness = { kind: "lazy-for", seconds: 60 } as const;
  assert.deepEqual(freshnessSince(start + 1, freshness, start), strict);
  assert.deepEqual(freshnessSince(undefined, freshness, start), strict);
  assert.deepEqual(freshnessSince(start, freshness, start), { kind: "lazy", until: start + 60_000 });
});
