// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { liveProject } from "./live-project.test-support.ts";
import { countersignJson } from "./transcript.test-support.ts";

const { project, refused, said } = await liveProject();

// dave owns ci; alice, bob and carol own a signer each, and all four approve.
test("a campaign is started, answered by others than who answers for it, and its state is told", async () => {
  assert.match(await said("review", "list"), /No campaign is running\. Next: countersign review start/);
  assert.match(await said("review", "start", "--as", "alice"), /^r-[0-9a-f]{16} asks about stable\./);
  assert.match(await said("review", "list"), /ci +identity +dave +.*remove it: nobody used it for 90 days/);
  assert.equal(await refused("review", "confirm", "ci", "--as", "dave"), "review-own");
  assert.match(await said("review", "confirm", "ci", "--as", "alice"), /^ci is confirmed in r-/);
  assert.match(await said("review", "remove", "builder", "--as", "bob"), /^builder is removed in r-/);
  assert.equal(await refused("review", "confirm", "nobody", "--as", "bob"), "item-unknown");
  assert.match(await said("review", "status"), /r-\w+ +stable +alice +\S+ +open until \S+ +\d+ +1 +1 +0/);
  assert.match(await said("identity", "show", "builder"), /suspended/);
});

test("glass is broken by one person, seen by all, and stopped by another", async () => {
  const digest = "3f9c2a10".repeat(8);
  const asked = ["window", "break-glass", "call", "--as", "alice", "--release", digest, "--reason", "exploited in the wild"];
  const { id } = await countersignJson<{ readonly id: string }>(project, ...asked);
  assert.match(await said("window", "break-glass", "list"), /b-\w+ +stable +3f9c2a103f9c +alice +waiting/);
  assert.equal(await refused("window", "open", "--as", "bob", "--reason", "1.0.1"), "break-glass-unreviewed");
  assert.match(await said("window", "break-glass", "cancel", id, "--as", "bob", "--reason", "I am here"), /is stopped, by bob/);
  assert.equal(
    await refused("window", "break-glass", "review", id, "--as", "bob", "--finding", "justified", "--reason", "x"),
    "break-glass-not-open",
  );
});

test("two accounts are declared to be one human's; an identity does not change hands against the policy", async () => {
  assert.match(await said("identity", "link", "carol", "carol-private", "--as", "bob"), /It holds when a second person says so/);
  assert.match(await said("identity", "link", "carol", "carol-private", "--as", "carol"), /It holds\.\n$/);
  assert.equal(await refused("identity", "transfer", "ci", "--as", "dave", "--to", "alice", "--deputy", "bob"), "key-of-another");
});

test("one command offboards somebody: what they answered for is in other hands, and what is left to do is said", async () => {
  assert.equal(await refused("identity", "offboard", "dave", "--as", "dave", "--reason", "x"), "offboard-own");
  const left = await said("identity", "offboard", "dave", "--as", "alice", "--reason", "left the company");
  assert.match(left, /dave has left\.\n/);
  assert.match(left, /ci: (suspended, in other hands|retired)/);
  assert.match(left, /Keys still trusted\n[\s\S]*approver of stable[\s\S]*targets/);
  assert.match(left, /Could have read the secrets of\n[\s\S]*ci +\d{4}-/);
  assert.match(await said("identity", "leaver", "dave"), /Keys still trusted/);
  assert.equal(await refused("review", "confirm", "nobody", "--as", "dave"), "item-unknown");
  assert.equal(await refused("review", "confirm", "alice", "--as", "dave"), "person-left");
});
