// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { accept, refuse } from "@countersign/tlog/refusal";
import { Hono } from "hono";
import { exchange, request } from "./client.ts";
import { respondRefusal, serve } from "./http.ts";

const stopping = new AbortController();
after(() => stopping.abort());

const app = new Hono();
app.post("/json", async (context) => context.json(await context.req.json()));
app.get("/declines", () => respondRefusal(refuse("window-closed", "an open window", "none", "open one").refusal, 409));
app.get("/throws", () => {
  throw new Error("secret detail");
});
app.get("/slow", () => new Promise<Response>(() => undefined));
app.get("/teapot", () => new Response("short and stout", { status: 418 }));
const url = await serve(app, { port: 0, maxBodyBytes: 1000 }, stopping.signal);

const post = (body: string | ReadableStream) => request(`${url}/json`, { method: "POST", body, duplex: "half" } as RequestInit, accept);
const get = (path: string, options = {}) => request(`${url}${path}`, options, accept);
const code = async (outcome: ReturnType<typeof get>) => {
  const result = await outcome;
  return result.ok ? "ok" : result.refusal.code;
};

test("a request within the limits is answered", async () => {
  assert.deepEqual(await post('{"a":1}'), { ok: true, value: { a: 1 } });
});

test("too much, no JSON and unknown routes are refusals with their status", async () => {
  const statusOf = async (path: string, init: RequestInit) => (await fetch(url + path, init)).status;
  assert.equal(await code(post("x".repeat(1001))), "body-too-large");
  assert.equal(await statusOf("/json", { method: "POST", body: "x".repeat(1001) }), 413);
  assert.equal(await code(post("{")), "json-malformed");
  assert.equal(await statusOf("/json", { method: "POST", body: "{" }), 400);
  assert.equal(await code(get("/nowhere")), "not-found");
  assert.equal(await statusOf("/nowhere", {}), 404);
});

test("a body that hides its length is cut at the limit too", async () => {
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(Buffer.alloc(500, "x")) });
  assert.match(await code(post(endless)), /^(body-too-large|unreachable)$/);
  const chunked = new ReadableStream({
    start(controller) {
      for (let part = 0; part < 3; part++) controller.enqueue(Buffer.alloc(500, "x"));
      controller.close();
    },
  });
  assert.equal(await code(post(chunked)), "body-too-large");
});

test("an unexpected throw is a 500 that says nothing of the inside", async () => {
  const answer = await fetch(`${url}/throws`);
  const text = await answer.text();
  assert.equal(answer.status, 500);
  assert.equal(JSON.parse(text).refusal.code, "internal");
  assert.doesNotMatch(text, /secret|http\.test/);
});

test("the client turns refusals, other statuses, silence, floods and dead servers into refusals", async () => {
  assert.equal(await code(get("/declines")), "window-closed");
  assert.equal(await code(get("/teapot")), "http-status");
  assert.equal(await code(get("/slow", { timeoutMilliseconds: 50 })), "timeout");
  const flooded = await exchange(`${url}/teapot`, { maxBytes: 5 });
  assert.equal(flooded.ok ? "ok" : flooded.refusal.code, "answer-too-large");
  const dead = await exchange("http://127.0.0.1:1/");
  assert.equal(dead.ok ? "ok" : dead.refusal.code, "unreachable");
});

test("a plain function serves too, and an abort closes the server", async () => {
  const own = new AbortController();
  const plain = await serve(() => new Response("hello"), { port: 0 }, own.signal);
  assert.equal(await (await fetch(`${plain}/any/path`)).text(), "hello");
  own.abort();
  const gone = await exchange(plain, { timeoutMilliseconds: 1000 });
  assert.equal(gone.ok, false);
});
