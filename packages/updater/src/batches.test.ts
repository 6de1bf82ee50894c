// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { batches } from "./batches.ts";

const never = new AbortController().signal;

async function all(body: Readable): Promise<{ readonly bytes: Buffer; readonly code: string | undefined }> {
  const chunks: Uint8Array[] = [];
  for await (const batch of batches(body, never)) {
    if ("code" in batch) return { bytes: Buffer.concat(chunks), code: batch.code };
    chunks.push(...batch);
  }
  return { bytes: Buffer.concat(chunks), code: undefined };
}

test("every byte comes once and in order, whatever the pieces", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 2000 })), fc.constantFrom(1, 1000), async (pieces, times) => {
      const chunks = pieces.map((piece) => Buffer.concat(Array.from({ length: times }, () => piece)));
      const { bytes, code } = await all(Readable.from(chunks, { objectMode: false }));
      assert.ok(bytes.equals(Buffer.concat(chunks)) && code === undefined);
    }),
    { numRuns: 30 },
  );
});

test("the sender waits while the consumer is at work", async () => {
  let sent = 0;
  const body = new Readable({
    read() {
      this.push(Buffer.alloc(64 * 1024));
      sent += 64 * 1024;
    },
  });
  for await (const batch of batches(body, never)) {
    assert.ok(!("code" in batch));
    for (let turn = 0; turn < 1000; turn++) await new Promise(setImmediate);
    break;
  }
  assert.ok(body.destroyed);
  assert.ok(sent < 4 * 1024 * 1024, `${sent} bytes`);
});

test("on a slow link what has arrived is handed on before there is a batch of it", async () => {
  const body = new PassThrough();
  body.write("first");
  for await (const batch of batches(body, never)) {
    assert.ok(!("code" in batch));
    assert.equal(Buffer.concat(batch).toString(), "first");
    break;
  }
});

test("what has arrived before an error comes before the refusal; one that is stopped ends with the reason", async () => {
  const broken = new PassThrough();
  broken.write("some");
  setImmediate(() => broken.destroy(new Error("reset")));
  assert.deepEqual(await all(broken), { bytes: Buffer.from("some"), code: "connection-lost" });

  const stop = new AbortController();
  stop.abort({ code: "too-slow" });
  const stopped = new PassThrough();
  stopped.destroy(new Error("aborted"));
  for await (const batch of batches(stopped, stop.signal)) assert.deepEqual(batch, { code: "too-slow" });
});
