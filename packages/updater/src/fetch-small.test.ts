// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fetchSmall } from "./fetch-small.ts";
import { network } from "./network.ts";
import { serve } from "./servers.test-support.ts";

const way = network();
after(() => way[Symbol.dispose]());

/** No bound that is not the test's subject is ever met, however slow the machine. */
async function answer(url: string, maxBytes: number, seconds = 600, signal?: AbortSignal): Promise<string> {
  const outcome = await fetchSmall(way, { url, maxBytes, seconds, signal });
  return outcome.ok ? String(outcome.value && Buffer.from(outcome.value)) : outcome.refusal.code;
}

test("a document up to the limit comes back; one byte more is refused", async () => {
  const url = await serve((_, response) => response.end("metadata"));
  assert.equal(await answer(url, 8), "metadata");
  assert.equal(await answer(url, 7), "length-exceeded");
});

test("an absent document is undefined, for 404 and 403, however long the page that says so; other statuses are refused", async () => {
  const url = await serve((request, response) => response.writeHead(Number(request.url?.slice(1))).end("not here"));
  assert.equal(await answer(`${url}404`, 100), "undefined");
  assert.equal(await answer(`${url}403`, 3), "undefined");
  for (const status of [204, 206, 304, 500]) assert.equal(await answer(`${url}${status}`, 100), "http-status");
});

test("an absent document leaves the connection open for the next one", async () => {
  const ports = new Set<number | undefined>();
  const url = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    response.writeHead(404).end("not here");
  });
  for (let i = 0; i < 10; i++) assert.equal(await answer(url, 100), "undefined");
  assert.equal(ports.size, 1);
});

test("endless and slow documents stop at the limits", async () => {
  const endless = await serve((_, response) => {
    const timer = setInterval(() => response.write("x".repeat(100)), 5);
    response.on("close", () => clearInterval(timer));
  });
  assert.equal(await answer(endless, 1000), "length-exceeded");
  assert.equal(await answer(endless, 1e9, 0.2), "too-slow");
  assert.equal(await answer(await serve(() => undefined), 1000, 0.2), "too-slow");
});

test("no server and the caller's signal are refusals", async () => {
  assert.equal(await answer("http://127.0.0.1:9/", 10), "connection-lost");
  const url = await serve(() => undefined);
  assert.equal(await answer(url, 10, 600, AbortSignal.timeout(50)), "cancelled");
});
