// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { test } from "node:test";
import { fetchSmall } from "./fetch-small.ts";
import { type NetworkSettings, network } from "./network.ts";
import type { Environment } from "./proxy.ts";
import { serve, serveSecurely, startProxy } from "./servers.test-support.ts";
import { testAuthority } from "./tls.test-support.ts";

/** The document at a URL, or the code of the refusal. */
async function answer(url: string, settings: NetworkSettings = {}, environment: Environment = {}): Promise<string> {
  using way = network(settings, environment);
  const outcome = await fetchSmall(way, { url, maxBytes: 1000, seconds: 600 });
  return outcome.ok ? String(outcome.value && Buffer.from(outcome.value)) : outcome.refusal.code;
}

const secret = { authorization: "Bearer secret" };
const originOf = (url: string): string => new URL(url).origin;
const portOf = (url: string): string => new URL(url).port;

/** Says what authorization it saw, and goes on to `location` if there is one. */
function says(seen: (string | undefined)[] = [], location?: () => string): RequestListener {
  return (request, response) => {
    seen.push(request.headers.authorization);
    if (location === undefined) response.end("here");
    else response.writeHead(302, { location: location() }).end();
  };
}

test("nothing but bytes as they are is asked for, and nothing else is accepted", async () => {
  const url = await serve(({ headers }, response) => response.setHeader("content-encoding", "identity").end(headers["accept-encoding"]));
  assert.equal(await answer(url), "identity");
  assert.equal(await answer(await serve((_, response) => response.setHeader("content-encoding", "gzip").end("x"))), "http-status");
});

test("a hundred documents in turn take one connection, and three at once three", async () => {
  const ports = new Set<number | undefined>();
  const url = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    setTimeout(() => response.end("x".repeat(900)), 10);
  });
  using way = network();
  for (let i = 0; i < 100; i++) assert.ok((await fetchSmall(way, { url, maxBytes: 1000, seconds: 600 })).ok);
  assert.equal(ports.size, 1);
  await Promise.all([1, 2, 3].map(() => fetchSmall(way, { url, maxBytes: 1000, seconds: 600 })));
  assert.equal(ports.size, 3);
});

test("a connection that the server closes when it is taken again costs another connection, not the document", async () => {
  const connections = new Map<unknown, number>();
  const url = await serve(({ socket }, response) => {
    const requests = (connections.get(socket) ?? 0) + 1;
    connections.set(socket, requests);
    if (requests === 1) response.end("here");
    else socket.destroy();
  });
  using way = network();
  for (let i = 0; i < 5; i++) assert.ok((await fetchSmall(way, { url, maxBytes: 1000, seconds: 600 })).ok);
  assert.equal(connections.size, 5);
  assert.equal(await answer(await serve(({ socket }) => socket.destroy())), "connection-lost", "a new one is no such case");
});

test("headers go to their origin and no other", async () => {
  const seen: (string | undefined)[] = [];
  const url = await serve(says(seen));
  assert.equal(await answer(url, { headers: { [originOf(url)]: secret } }), "here");
  assert.equal(await answer(url, { headers: { "http://127.0.0.1:9": secret, [`https://127.0.0.1:${portOf(url)}`]: secret } }), "here");
  assert.deepEqual(seen, ["Bearer secret", undefined]);
});

test("attack: a redirect elsewhere takes no headers along, nor picks up those of where it leads, nor gets them back on return", async () => {
  const seen: Record<string, (string | undefined)[]> = { home: [], other: [], last: [] };
  const last = await serve(says(seen["last"]));
  const other = await serve(says(seen["other"], () => home));
  const hops = [other, last];
  const home = await serve(says(seen["home"], () => hops.shift() ?? ""));
  const headers = Object.fromEntries([home, other, last].map((url) => [originOf(url), secret]));
  assert.equal(await answer(home, { headers }), "here");
  assert.deepEqual(seen, { home: ["Bearer secret", undefined], other: [undefined], last: [undefined] });
});

test("a redirect within an origin keeps its headers", async () => {
  const seen: (string | undefined)[] = [];
  const hops = ["/moved"];
  const url = await serve((request, response) =>
    says(seen, hops[0] === undefined ? undefined : () => hops.shift() ?? "")(request, response),
  );
  assert.equal(await answer(url, { headers: { [originOf(url)]: secret } }), "here");
  assert.deepEqual(seen, ["Bearer secret", "Bearer secret"]);
});

test("redirects are followed three times; a loop, a file and a step from https to http are refused", async () => {
  assert.equal(await answer(await serve((_, response) => response.writeHead(302, { location: "/again" }).end())), "http-status");
  assert.equal(
    await answer(await serve((_, response) => response.writeHead(302, { location: "file:///etc/hostname" }).end())),
    "http-status",
  );
  const plain = await serve((_, response) => response.end("here"));
  const down = await serveSecurely((_, response) => response.writeHead(302, { location: plain }).end());
  assert.equal(await answer(down, { ca: testAuthority }), "http-status");
  for (const url of ["data:text/plain,x", "no url", "http://user:password@127.0.0.1:9/"])
    assert.equal(await answer(url), "http-status", url);
});

test("https is accepted by the authority that was named, and by no other", async () => {
  const url = await serveSecurely((_, response) => response.end("here"));
  assert.equal(await answer(url, { ca: testAuthority }), "here");
  assert.equal(await answer(url), "certificate-refused");
  assert.equal(await answer(url.replace("127.0.0.1", "localhost"), { ca: testAuthority }), "certificate-refused", "another host's");
});

test("through a proxy: http by its whole URL, https by a tunnel that the proxy cannot look into", async () => {
  const proxy = await startProxy("user:password");
  const plain = (await serve((_, response) => response.end("plain"))).replace("127.0.0.1", "repository.test");
  const secure = (await serveSecurely(({ headers }, response) => response.end(headers.authorization))).replace(
    "127.0.0.1",
    "repository.test",
  );
  const headers = { [originOf(secure)]: secret };
  assert.equal(await answer(plain, { proxy: proxy.url }), "plain");
  assert.equal(await answer(secure, { proxy: proxy.url, ca: testAuthority, headers }), "Bearer secret");
  assert.equal(await answer(secure, { ca: testAuthority, headers }, { HTTPS_PROXY: proxy.url }), "Bearer secret");
  assert.deepEqual(
    proxy.asked.map(({ line }) => line),
    [`GET ${plain}`, `CONNECT repository.test:${portOf(secure)}`, `CONNECT repository.test:${portOf(secure)}`],
  );
  assert.ok(proxy.asked.every(({ headers: { authorization } }) => authorization === undefined));
});

test("headers that a proxy could read are not sent: the request is refused", async () => {
  const proxy = await startProxy();
  const url = (await serve((_, response) => response.end("here"))).replace("127.0.0.1", "repository.test");
  assert.equal(await answer(url, { proxy: proxy.url, headers: { [originOf(url)]: secret } }), "headers-exposed");
  assert.deepEqual(proxy.asked, []);
});

test("a proxy that wants another password, or is not there, is said", async () => {
  const proxy = await startProxy("user:password");
  const url = (await serveSecurely((_, response) => response.end("here"))).replace("127.0.0.1", "repository.test");
  const settings = { ca: testAuthority };
  assert.equal(await answer(url, { ...settings, proxy: proxy.url.replace("password", "guess") }), "proxy-refused");
  assert.equal(await answer(url, { ...settings, proxy: "http://127.0.0.1:9" }), "connection-lost");
});
