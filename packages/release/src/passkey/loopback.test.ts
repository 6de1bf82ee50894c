// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { createServer } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { freeOrigin } from "./free-origin.test-support.ts";
import { type LoopbackOptions, type LoopbackPage, servePage } from "./loopback.ts";
import { loopbackChecks } from "./loopback-checks.ts";
import { html } from "./markup.ts";

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The address of this machine that is asked. */
  readonly host?: string;
  readonly path?: string;
}

const json = { "content-type": "application/json" };

/** Asks as a program can, with whatever headers. */
async function ask(url: string, { method = "GET", headers = {}, body, host = "127.0.0.1", path }: Sent = {}) {
  const { port, pathname, host: own } = new URL(url);
  const sent = request({ host, port, path: path ?? pathname, method, headers: { host: own, ...headers } });
  sent.end(body);
  const [response] = await once(sent, "response");
  return { status: response.statusCode as number, headers: response.headers as Record<string, string>, body: await text(response) };
}

async function page(change: Partial<LoopbackPage<string>> = {}): Promise<LoopbackPage<string>> {
  const answer = (sent: unknown): Outcome<string> =>
    JSON.stringify(sent) === '{"good":1}' ? accept("signed") : refuse("not-good", "good", "other", "Try again.");
  return { origin: await freeOrigin(), html: "<p>it</p>", answer, ...change };
}

/** Serves a page while somebody does something with its address. */
async function during(
  served: LoopbackPage<string>,
  act: (url: string) => Promise<unknown>,
  options: Partial<LoopbackOptions> = {},
): Promise<Outcome<string>> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const done = servePage(served, { announce: resolve, withinSeconds: 30, ...options });
  const [outcome] = await Promise.all([done, promise.then(act)]);
  return outcome;
}

const post = (origin: string, body: string, more: Sent = {}): Sent => ({
  method: "POST",
  body,
  ...more,
  headers: { ...json, origin, ...more.headers },
});

test("the page is served to its own address, takes answers until one is good, and is gone", async () => {
  const served = await page();
  let url = "";
  const outcome = await during(served, async (announced) => {
    url = announced;
    assert.match(url, /^http:\/\/localhost:\d+\/[\w-]{43}$/);
    const shown = await ask(url);
    assert.deepEqual([shown.status, shown.body], [200, "<p>it</p>"]);
    assert.equal((await ask(url, { host: "::1" })).status, 200);
    assert.match(shown.headers["content-security-policy"] ?? "", /^default-src 'none'; .*frame-ancestors 'none'$/);
    assert.equal(shown.headers["cache-control"], "no-store");
    assert.equal(shown.headers["access-control-allow-origin"], undefined);
    const wrong = await ask(url, post(served.origin, '{"good":2}'));
    assert.deepEqual([wrong.status, JSON.parse(wrong.body).refusal.code], [422, "not-good"]);
    assert.equal((await ask(url, post(served.origin, '{"good":1}'))).status, 200);
  });
  assert.deepEqual(outcome, accept("signed"));
  await assert.rejects(ask(url), /ECONNREFUSED/);
});

test("each page has another path", async () => {
  const paths = new Set<string>();
  for (let turn = 0; turn < 3; turn++) {
    const served = await page();
    await during(served, async (url) => {
      paths.add(new URL(url).pathname);
      await ask(url, post(served.origin, '{"declined":true}'));
    });
  }
  assert.equal(paths.size, 3);
});

/** What another page, or another name of this machine, would send. Each is refused by one check alone. */
const attacks: readonly (readonly [name: string, check: string, attack: (origin: string) => Sent])[] = [
  ["DNS rebinding: another name that leads here", "page/host", () => ({ headers: { host: "evil.example" } })],
  [
    "the number of this machine for its name",
    "page/host",
    (origin) => ({ headers: { host: origin.replace("http://localhost", "127.0.0.1") } }),
  ],
  ["a path that was guessed", "page/path", () => ({ path: `/${"A".repeat(43)}` })],
  ["no path", "page/path", () => ({ path: "/" })],
  ["a path with a question after it", "page/path", () => ({ path: "/?" })],
  ["a form of another page, as text", "page/method", (origin) => post(origin, '{"good":1}', { headers: { "content-type": "text/plain" } })],
  ["another method", "page/method", (origin) => ({ method: "OPTIONS", headers: { origin } })],
  ["an answer from another page", "page/origin", () => post("https://evil.example", '{"good":1}')],
  ["an answer from another port", "page/origin", () => post("http://localhost:1", '{"good":1}')],
  ["an answer from no page", "page/origin", () => ({ method: "POST", headers: json, body: '{"good":1}' })],
  ["in a frame", "page/frame", () => ({ headers: { "sec-fetch-site": "none", "sec-fetch-dest": "iframe" } })],
  ["fetched by another site", "page/frame", () => ({ headers: { "sec-fetch-site": "cross-site" } })],
  ["fetched by another port", "page/frame", () => ({ headers: { "sec-fetch-site": "same-site" } })],
];

for (const [name, check, attack] of attacks)
  test(`attack: ${name}; and only ${check} stops it`, async () => {
    const served = await page();
    const outcome = await during(served, async (url) => {
      assert.equal((await ask(url, attack(served.origin))).status, 404, name);
      assert.equal((await ask(url, post(served.origin, '{"declined":true}'))).status, 422);
    });
    assert.equal(!outcome.ok && outcome.refusal.code, "declined");
    const open = await during(
      served,
      async (url) => {
        assert.notEqual((await ask(url, attack(served.origin))).status, 404, name);
        await ask(url, post(served.origin, '{"declined":true}')).catch(() => undefined); // the attack may have ended it
      },
      { checks: loopbackChecks.filter((each) => each.name !== check) },
    );
    assert.ok(open.ok || open.refusal.code === "declined");
  });

test("attack: answers without end, or one that is too long or no JSON", async () => {
  const served = await page();
  const outcome = await during(served, async (url) => {
    const long = await ask(url, post(served.origin, `{"x":"${"x".repeat(20_000)}"}`));
    assert.equal(JSON.parse(long.body).refusal.code, "answer-too-large");
    assert.equal(JSON.parse((await ask(url, post(served.origin, "{"))).body).refusal.code, "malformed-json");
    for (let turn = 2; turn < 20; turn++) assert.equal((await ask(url, post(served.origin, "{}"))).status, 422);
  });
  assert.equal(!outcome.ok && outcome.refusal.code, "not-good");
});

test("a person who declines, or does not come, signs nothing", async () => {
  const served = await page();
  const declined = await during(served, (url) => ask(url, post(served.origin, '{"declined":true}')));
  assert.equal(!declined.ok && declined.refusal.code, "declined");
  const nobody = await during(await page(), async () => undefined, { withinSeconds: 0.01 });
  assert.equal(!nobody.ok && nobody.refusal.code, "page-not-answered");
});

test("attack: another program has the port, on either address", async () => {
  for (const host of ["127.0.0.1", "::1"]) {
    const served = await page();
    const other = createServer().listen(Number(new URL(served.origin).port), host);
    await once(other, "listening");
    const outcome = await servePage(served, { announce: () => assert.fail("served") });
    assert.equal(!outcome.ok && outcome.refusal.code, "port-taken", host);
    other.close();
  }
});

test("attack: text that looks like markup, or that turns what is read around", () => {
  const { markup } = html`<b title="${'" onclick="x'}">${"<script>alert('1')</script> & \u202Efdp.exe\u200B\nnext"}</b>`;
  assert.equal(
    markup,
    '<b title="&quot; onclick=&quot;x">&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; <i>U+202E</i>fdp.exe<i>U+200B</i>\nnext</b>',
  );
});
