// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { findDigest } from "./find-digest.ts";
import { governClient } from "./govern-client.ts";

const digests = [`${"a".repeat(12)}1${"0".repeat(51)}`, `${"a".repeat(12)}2${"0".repeat(51)}`, "b".repeat(64)];
const fixed = {
  kind: "release",
  product: "hello",
  channel: "stable",
  version: "1",
  sequence: 1,
  state: "proposed",
  approvals: [],
  needed: 1,
};
const server = createServer((_, response) => response.end(JSON.stringify({ proposals: digests.map((digest) => ({ digest, ...fixed })) })));
await once(server.listen(0, "127.0.0.1"), "listening");
after(() => server.close());
const address = server.address();
const govern = governClient(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);

async function found(written: string): Promise<string> {
  const outcome = await findDigest(govern, written);
  return outcome.ok ? outcome.value : outcome.refusal.code;
}

test("the beginning of a digest names a release where it can mean one only", async () => {
  assert.equal(await found("bbbbbbbb"), "b".repeat(64));
  assert.equal(await found(`${"A".repeat(12)}1`), digests[0]);
  assert.equal(await found("aaaaaaaa"), "digest-ambiguous");
  assert.equal(await found("cccccccc"), "digest-unknown");
});

test("fewer than eight digits, and what is no digest, name nothing", async () => {
  assert.equal(await found("bbbbbbb"), "digest-malformed");
  assert.equal(await found("../../etc"), "digest-malformed");
});

test("a whole digest stands for itself, also where govern is not there to ask", async () => {
  const outcome = await findDigest(governClient("http://127.0.0.1:9"), "c".repeat(64));
  assert.ok(outcome.ok);
});
