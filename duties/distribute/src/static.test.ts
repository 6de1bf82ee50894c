// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { after, test } from "node:test";
import { repositoryServer } from "./server.ts";

const base = await mkdtemp(join(tmpdir(), "distribute-"));
const root = join(base, "store");
const large = randomBytes(300_000);
const files: Record<string, string | Buffer> = {
  "store/metadata/timestamp.json": '{"signed":{}}',
  "store/metadata/1.root.json": "{}",
  "store/revocations/latest": "list",
  "store/log/checkpoint": "origin\n0\n",
  "store/log/tile/0/x001/000": "tile",
  "store/artifacts/ü 1": large,
  "store/artifacts/empty": "",
  "store/readthrough/monitor": "m",
  "store/.hidden/secret": "secret",
  "store/metadata/.timestamp.json": "secret",
  "store/metadata/x.json.tmp": "secret",
  secret: "secret",
};
for (const [path, content] of Object.entries(files)) {
  await mkdir(join(base, dirname(path)), { recursive: true });
  await writeFile(join(base, path), content);
}
await symlink("../secret", join(root, "leak"));
await symlink("..", join(root, "up"));
await symlink("metadata", join(root, "alias"));
execFileSync("mkfifo", [join(root, "pipe")]);

const server = repositoryServer(root, { request: 400, idle: 600, headerBytes: 4096 }).listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
after(async () => {
  server.close();
  server.closeAllConnections();
  await rm(base, { recursive: true });
});
const { port } = server.address() as AddressInfo;

// node's client, because fetch would tidy the paths up first
function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => request({ port, path, headers, method, agent: false }, resolve).on("error", reject).end());
}

test("GET and HEAD answer a file with its length, type and a strong ETag; nothing else is served", async () => {
  const got = await ask("/metadata/timestamp.json?ignored");
  assert.equal(await text(got), '{"signed":{}}');
  assert.deepEqual([got.statusCode, got.headers["content-length"], got.headers["content-type"]], [200, "13", "application/json"]);
  assert.match(got.headers.etag ?? "", /^"[0-9a-z-]+"$/);
  const head = await ask("/metadata/timestamp.json", { range: "bytes=0-1" }, "HEAD");
  assert.deepEqual(
    [head.statusCode, head.headers["content-length"], head.headers.etag, await text(head)],
    [200, "13", got.headers.etag, ""],
  );
  assert.equal(await text(await ask("/artifacts/empty")), "");
  assert.deepEqual(await buffer(await ask("/artifacts/%C3%BC%201")), large);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const refused = await ask("/metadata/timestamp.json", {}, method);
    assert.deepEqual([refused.statusCode, refused.headers.allow], [405, "GET, HEAD"]);
  }
  for (const path of ["/metadata/2.root.json", "/metadata", "/metadata/1.root.json/x", "/pipe"])
    assert.equal((await ask(path)).statusCode, 404, path);
  assert.deepEqual(JSON.parse(await text(await ask("/"))).paths.slice(0, 2), ["metadata/", "metadata/timestamp.json"]);
});

test("names that always mean the same bytes are immutable, and the three that change are revalidated", async () => {
  const caching = async (path: string) => (await ask(path)).headers["cache-control"];
  for (const path of ["/metadata/1.root.json", "/log/tile/0/x001/000", "/artifacts/empty"]) {
    assert.equal(await caching(path), "public, max-age=31536000, immutable", path);
  }
  for (const path of [
    "/metadata/timestamp.json",
    "/revocations/latest",
    "/log/checkpoint",
    "/readthrough/monitor",
    "/",
    "/metadata/2.root.json",
  ]) {
    assert.equal(await caching(path), "no-cache", path);
  }
});

test("If-None-Match: 304 for the same bytes, all of them once the file is replaced", async () => {
  const { etag = "" } = (await ask("/revocations/latest")).headers;
  for (const tags of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
    const answer = await ask("/revocations/latest", { "if-none-match": tags });
    assert.deepEqual([answer.statusCode, answer.headers.etag, await text(answer)], [304, etag, ""]);
  }
  await writeFile(join(base, "next"), "LIST");
  await rename(join(base, "next"), join(root, "revocations/latest"));
  const changed = await ask("/revocations/latest", { "if-none-match": etag });
  assert.deepEqual([changed.statusCode, await text(changed)], [200, "LIST"]);
});

test("a file that is replaced all the time is always there", async () => {
  let replacing = true;
  const writer = (async () => {
    for (let round = 0; replacing; round++) {
      await writeFile(join(base, "again"), `${round}`);
      await rename(join(base, "again"), join(root, "log/checkpoint"));
    }
  })();
  const answers = [];
  for (let round = 0; round < 300; round++) answers.push((await ask("/log/checkpoint")).statusCode);
  replacing = false;
  await writer;
  assert.deepEqual(new Set(answers), new Set([200]));
});

test("RFC 9110, 14: one range is served, an unsatisfiable one refused, any other form ignored", async () => {
  const path = "/artifacts/%C3%BC%201";
  const size = large.length;
  const parts: Record<string, readonly [number, number]> = {
    "0-0": [0, 0],
    "5-9": [5, 9],
    "299999-": [size - 1, size - 1],
    "-3": [size - 3, size - 1],
    "-999999": [0, size - 1],
    "10-999999": [10, size - 1],
  };
  for (const [range, [start, end]] of Object.entries(parts)) {
    const answer = await ask(path, { range: `bytes=${range}` });
    assert.deepEqual([answer.statusCode, answer.headers["content-range"]], [206, `bytes ${start}-${end}/${size}`], range);
    assert.deepEqual(await buffer(answer), large.subarray(start, end + 1));
  }
  for (const range of ["300000-", "300000-300001", "-0"]) {
    const answer = await ask(path, { range: `bytes=${range}` });
    assert.deepEqual([answer.statusCode, answer.headers["content-range"]], [416, `bytes */${size}`], range);
  }
  assert.equal((await ask("/artifacts/empty", { range: "bytes=-1" })).statusCode, 416);
  for (const range of ["bytes=0-1,3-4", "bytes=9-5", "bytes=-", "bytes=a-b", "lines=0-1", "bytes=0-9999999999999999"]) {
    assert.equal((await ask(path, { range })).statusCode, 200, range);
  }
});

test("If-Range: a download is only continued with the bytes it began with", async () => {
  const path = "/artifacts/%C3%BC%201";
  const { etag = "" } = (await ask(path, {}, "HEAD")).headers;
  assert.equal((await ask(path, { range: "bytes=5-", "if-range": etag })).statusCode, 206);
  for (const other of ['"other"', `W/${etag}`, "Mon, 01 Jan 2024 00:00:00 GMT"]) {
    assert.equal((await ask(path, { range: "bytes=5-", "if-range": other })).statusCode, 200);
  }
});

test("attack: paths that leave the store, or name what is not for serving", async () => {
  const refused = [
    "/../secret",
    "/metadata/../../secret",
    "/%2e%2e/secret",
    "/metadata/%2e%2e/%2e%2e/secret",
    "/..%2fsecret",
    "/..%5csecret",
    "/..\\secret",
  ];
  refused.push(
    "/%252e%252e%2fsecret",
    "//secret",
    "/metadata//1.root.json",
    "/metadata/",
    "/secret%00",
    "/%0a",
    "/%zz",
    "/%c0%ae%c0%ae/secret",
    "/%",
    "http://x/secret",
    "*",
  );
  refused.push("/.hidden/secret", "/metadata/.timestamp.json", "/metadata/x.json.tmp", `/${"a".repeat(300)}`);
  for (const path of refused) {
    const answer = await ask(path);
    assert.equal(answer.statusCode, 400, path);
    assert.equal(await text(answer), "");
  }
  assert.equal((await ask("/%252e%252e/secret")).statusCode, 404, "decoded once only: a file of that odd name, which is absent");
});

test("attack: a symbolic link in the store points out of it", async () => {
  for (const path of ["/leak", "/up/secret", "/up/store/../secret"]) assert.notEqual((await ask(path)).statusCode, 200, path);
  assert.equal(await text(await ask("/alias/1.root.json")), "{}", "within the store it may");
});

test("attack: slow and greedy clients are cut off", async () => {
  const closing = (opening: string): Promise<string> => {
    const socket = connect(port, "127.0.0.1");
    socket.write(opening);
    return text(socket);
  };
  const [slow, silent, greedy] = await Promise.all([
    closing("GET / HTTP/1.1\r\nHost: x\r\nX-Never-"),
    closing(""),
    closing(`GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(8000)}\r\n\r\n`),
  ]);
  assert.match(slow, /^HTTP\/1.1 408 /);
  assert.doesNotMatch(silent, /200/);
  assert.match(greedy, /^HTTP\/1.1 431 /);
});

test("attack: a client that asks for much and reads nothing holds neither memory nor its connection", { timeout: 60_000 }, async () => {
  await writeFile(join(root, "artifacts/huge"), Buffer.alloc(64 * 1024 * 1024));
  const before = process.memoryUsage().arrayBuffers;
  const socket = connect(port, "127.0.0.1").pause();
  socket.on("error", () => socket.destroy()); // the server may reset it
  socket.write("GET /artifacts/huge HTTP/1.1\r\nHost: x\r\n\r\n");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(process.memoryUsage().arrayBuffers - before < 8 * 1024 * 1024);
  const connections = () =>
    new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))));
  while ((await connections()) !== 0) await new Promise((resolve) => setTimeout(resolve, 50)); // or the runner's own limit
  socket.destroy();
});
