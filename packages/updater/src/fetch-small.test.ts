// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { fetchSmall } from "./fetch-small.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function answer(...request: Parameters<typeof fetchSmall>): Promise<string> {
  const outcome = await fetchSmall(...request);
  return outcome.ok ? String(outcome.value && Buffer.from(outcome.value)) : outcome.refusal.code;
}

test("a document up to the limit comes back; one byte more is refused", async () => {
  const url = await serve((_, response) => response.end("metadata"));
  assert.equal(await answer(url, 8, 5), "metadata");
  assert.equal(await answer(url, 7, 5), "length-exceeded");
});

test("an absent document is undefined, for 404 and 403, however long the page that says so; other statuses are refused", async () => {
  const url = await serve((request, response) => response.writeHead(Number(request.url?.slice(1))).end("not here"));
  assert.equal(await answer(`${url}404`, 100, 5), "undefined");
  assert.equal(await answer(`${url}403`, 3, 5), "undefined");
  for (const status of [204, 206, 304, 500]) assert.equal(await answer(`${url}${status}`, 100, 5), "http-status");
});

test("an absent document leaves the connection open for the next one", async () => {
  const ports = new Set<number | undefined>();
  const url = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    response.writeHead(404).end("not here");
  });
  for (let i = 0; i < 10; i++) assert.equal(await answer(url, 100, 5), "undefined");
  assert.ok(ports.size <= 2, "fetch itself may open a second one while the first is being freed");
});

test("endless and slow documents stop at the limits", async () => {
  const endless = await serve((_, response) => {
    const timer = setInterval(() => response.write("x".repeat(100)), 5);
    response.on("close", () => clearInterval(timer));
  });
  assert.equal(await answer(endless, 1000, 5), "length-exceeded");
  assert.equal(await answer(endless, 1e9, 0.2), "too-slow");
  assert.equal(await answer(await serve(() => undefined), 1000, 0.2), "too-slow");
});

test("no server and the caller's signal are refusals", async () => {
  assert.equal(await answer("http://127.0.0.1:9/", 10, 5), "connection-lost");
  const url = await serve(() => undefined);
  assert.equal(await answer(url, 10, 5, AbortSignal.timeout(50)), "cancelled");
});
