// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { after, test } from "node:test";
import { documentBytes, signDocument } from "@countersign/repository/sign-document";
import { payloadDigest, readDsse } from "@countersign/trust/build/dsse";
import { servedBytes } from "@countersign/trust/canonical";
import type { Signed } from "@countersign/trust/envelope";
import type { Approval } from "@countersign/trust/release/approval";
import { type Order, orderDigest } from "@countersign/trust/release/order";
import { releaseDigest } from "@countersign/trust/release/statement";
import { type Denial, denialDigest } from "@countersign/trust/revocation/list";
import { governClient } from "./govern-client.ts";
import { type OrderInput, type ProposedOrder, proposeOrder } from "./order.ts";
import { nextStatement } from "./propose.ts";
import { reviewProposal } from "./review.ts";
import { accepted, sampleRepository } from "./sample-repository.test-support.ts";
import { signApproval } from "./sign-approval.ts";

const scratch = await mkdtemp(join(tmpdir(), "order-"));
const repository = await sampleRepository(scratch);
const { url: store, anchor, files, keys } = repository;

/** A govern that keeps the last thing it was told. */
let kept: { body: Order; approvals: Signed<Approval>[] };
const postbox = createServer(async (request, response) => {
  if (request.method === "POST") {
    const { body, proposal } = (await json(request)) as { body: Order; proposal: Signed<Approval> };
    kept = { body, approvals: [proposal] };
  }
  response.end(JSON.stringify({ ...kept, state: "proposed", needed: 1 }));
}).listen(0, "127.0.0.1");
await once(postbox, "listening");
const address = postbox.address();
const govern = governClient(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
after(async () => {
  postbox.close();
  postbox.closeAllConnections();
  await repository[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true });
});

await mkdir(join(scratch, "1", "bin"), { recursive: true });
await writeFile(join(scratch, "1", "bin", "hello"), "one");
const statement = nextStatement(undefined, await repository.build(join(scratch, "1"), "1.0.0"));
const release = releaseDigest(statement);
await repository.publish(statement, release);

let version = 0;
async function deny(...denials: readonly Denial[]): Promise<void> {
  const checkpoint = Buffer.from(files.get("log/checkpoint") ?? []).toString();
  const list = { _type: "revocations", spec: "countersign/1", revoker: "revoke", version: ++version, checkpoint, seen: {}, denials };
  const lists = [JSON.parse(Buffer.from(documentBytes(await signDocument(list, [keys.revoke]))).toString())];
  files.set("revocations/latest", servedBytes({ _type: "revocation-lists", lists }));
}

async function order(action: Order["action"], more: Pick<OrderInput, "overSeconds"> = {}): Promise<ProposedOrder | string> {
  const place = { product: "hello", channel: "stable", release, reason: "a test" };
  const outcome = await proposeOrder({ govern, store, anchor, now: Date.now(), key: keys.ci, action, ...place, ...more });
  return outcome.ok ? outcome.value : outcome.refusal.code;
}

const no: Denial = { kind: "release", name: release, since: 1, until: null, reason: "leaks tokens" };
const payload = payloadDigest(accepted(readDsse(files.get(`provenance/${statement.provenance[0]}`) ?? Buffer.of())));
const rebuilt: Denial = { ...no, kind: "build", name: payload, reason: "a wrong compiler, in whatever envelope" };
const built: Denial = { ...no, kind: "build", name: statement.provenance[0] ?? "", reason: "a wrong compiler" };

test("a lift answers every denial that stands against the release, by any of its names, and no other; its review says them", async () => {
  await deny();
  assert.equal(await order("lift"), "nothing-to-lift");
  await deny(no, built, rebuilt, { ...no, name: "another" }, { ...no, since: 2, until: 3 });
  const proposed = await order("lift");
  assert.ok(typeof proposed === "object");
  assert.deepEqual(proposed.order.denials, [no, built, rebuilt].map(denialDigest));
  const review = accepted(await reviewProposal({ govern, store, anchor, now: Date.now(), digest: proposed.digest }));
  assert.deepEqual(
    review.changes.map((change) => "before" in change && change.before),
    [no, built, rebuilt].map(({ reason }) => reason),
  );
});

test("attack: a lift that answers a denial which nobody made yet has no review to approve", async () => {
  await deny(no);
  const proposed = await order("lift");
  assert.ok(typeof proposed === "object");
  const body: Order = { ...proposed.order, denials: [...proposed.order.denials, denialDigest({ ...no, since: 9 })] };
  kept = { body, approvals: [await signApproval("propose", "order", orderDigest(body), keys.ci)] };
  const review = await reviewProposal({ govern, store, anchor, now: Date.now(), digest: orderDigest(body) });
  assert.equal(review.ok ? "accepted" : review.refusal.code, "denial-unknown");
});

test("a rollout is slowed, paused, widened and resumed; a recall of the first release leads nowhere", async () => {
  const effectOf = async (action: Order["action"], overSeconds?: number) => {
    const proposed = await order(action, overSeconds === undefined ? {} : { overSeconds });
    return typeof proposed === "object" ? [proposed.order.to, proposed.order.denials, proposed.order.overSeconds] : proposed;
  };
  assert.deepEqual(await effectOf("slow"), [null, [], null]);
  assert.deepEqual(await effectOf("slow", 60), [null, [], 60]);
  assert.deepEqual(await effectOf("widen", 0), [null, [], 0]);
  assert.deepEqual(await effectOf("resume"), [null, [], null]);
  assert.equal(await effectOf("widen"), "malformed-document");
  assert.equal(await effectOf("recall"), "recall-nowhere");
});
