// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { httpReader } from "./http-store.ts";
import { StoreError } from "./store.ts";

const seen: string[] = [];
const server = createServer((request, response) => {
  seen.push(request.url ?? "");
  const name = request.url?.split("/").at(-1) ?? "";
  if (name === "redirect") response.writeHead(302, { location: "/repo/small" }).end();
  else if (/^\d{3}$/.test(name)) response.writeHead(Number(name)).end("no");
  else if (name === "endless") {
    response.writeHead(200);
    const timer = setInterval(() => response.write(Buffer.alloc(1000)), 1);
    response.on("close", () => clearInterval(timer));
  } else response.end("small");
}).listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
after(() => server.close());

const reader = httpReader(`http://127.0.0.1:${(server.address() as AddressInfo).port}/repo`);
const refusedAs = (code: string) => (error: unknown) => error instanceof StoreError && error.code === code;

test("reads below its base, each segment encoded", async () => {
  assert.equal(Buffer.from((await reader.read("metadata/a ?#%2e")) ?? []).toString(), "small");
  assert.equal(seen.at(-1), "/repo/metadata/a%20%3F%23%252e");
});

test("absent is undefined, every other answer is an error with a code", async () => {
  for (const status of [403, 404, 410]) assert.equal(await reader.read(String(status)), undefined);
  for (const status of [204, 206, 500, 503]) await assert.rejects(reader.read(String(status)), refusedAs("http-status"));
});

test("attack: a mirror sends for ever, or sends its readers elsewhere", async () => {
  await assert.rejects(reader.read("endless", 5000), refusedAs("too-long"));
  await assert.rejects(reader.read("small", 4), refusedAs("too-long"));
  assert.equal((await reader.read("small", 5))?.length, 5);
  await assert.rejects(reader.read("redirect"), TypeError);
  await assert.rejects(reader.read("../elsewhere"), refusedAs("path-unsafe"));
});
