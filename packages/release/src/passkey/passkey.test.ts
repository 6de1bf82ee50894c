// SPDX-License-Identifier: Apache-2.0
// A person, a real browser, and its authenticator.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { KeyRefused } from "@countersign/custody/outcome";
import { verifySignature } from "@countersign/trust/key";
import { passkeyCounter } from "@countersign/trust/keys/webauthn";
import { ensure } from "../../../../tools/outside.ts";
import { accepted } from "../sample-repository.test-support.ts";
import { Chromium, type Tab } from "./chromium.test-support.ts";
import { freeOrigin } from "./free-origin.test-support.ts";
import { type PasskeyFile, readPasskeyFile, writePasskeyFile } from "./passkey-file.ts";
import { passkeyKey, signatureIn } from "./passkey-key.ts";
import { registerPasskey } from "./register-passkey.ts";
import type { Shown } from "./shown.ts";

const [skip = false] = ensure(["chromium"]);

const base = await mkdtemp(join(tmpdir(), "passkey-"));
const message = Buffer.from('{"_type":"approval","digest":"the release that is shown"}');
const shown: Shown = {
  title: "Approve hello 1.1.0",
  lead: "Read it.",
  act: "Approve",
  sections: [{ title: "Facts", facts: [["a", "b"]] }],
};
const settled = "['done', 'failed'].includes(document.body?.className)";
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

let browser: Chromium;
let tab: Tab;
let origin = "";
let alice: PasskeyFile;

before(async () => {
  if (skip !== false) return;
  browser = await Chromium.start();
  tab = await browser.tab();
  await tab.addAuthenticator();
  origin = await freeOrigin();
  alice = accepted(await register(tab));
});

after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await rm(base, { recursive: true });
});

function register(by: Tab, at: string = origin) {
  const announce = (url: string): Promise<void> => by.open(url).then(() => press(by, "act"));
  return registerPasskey({ name: "alice", origin: at, now: Date.UTC(2026, 0, 1), announce, withinSeconds: 20 });
}

async function press(by: Tab, button: "act" | "decline"): Promise<void> {
  await by.click(button);
  await by.until(settled);
}

/** Signs with a passkey, whose person does this with the page. */
async function sign(file: PasskeyFile, person: (url: string) => Promise<void>, over: Uint8Array = message): Promise<Uint8Array> {
  const { promise: announced, resolve: announce } = Promise.withResolvers<string>();
  const signing = passkeyKey(file, shown, { announce, withinSeconds: 20 }).sign(over);
  const [signature] = await Promise.all([signing, announced.then(person)]);
  return signature;
}

const approving = async (url: string): Promise<void> => {
  await tab.open(url);
  await press(tab, "act");
};

async function refusedWith(file: PasskeyFile, person: (url: string) => Promise<void>): Promise<string> {
  try {
    await sign(file, person);
    return "accepted";
  } catch (error) {
    if (error instanceof KeyRefused) return error.refusal.code;
    throw error;
  }
}

test("a person makes a passkey, which is a small public file", { skip }, async () => {
  const file = join(base, "alice.json");
  await writePasskeyFile(file, alice);
  assert.deepEqual(accepted(await readPasskeyFile(file)), alice);
  const { name, created, synced, key } = alice;
  assert.deepEqual([name, created, synced], ["alice", "2026-01-01T00:00:00Z", false]);
  assert.deepEqual([key.keytype, key.keyval.rpId, key.keyval.origin], ["webauthn", "localhost", origin]);
  await writeFile(file, JSON.stringify({ ...alice, user: "alice" }));
  const [closed, missing] = [await readPasskeyFile(file), await readPasskeyFile(join(base, "nobody.json"))];
  assert.deepEqual(
    [closed, missing].map((read) => !read.ok && read.refusal.code),
    ["malformed-document", "passkey-missing"],
  );
});

test("what is shown is what is signed: the page shows the document, and the assertion is one of it", { skip }, async () => {
  const signature = await sign(alice, async (url) => {
    await tab.open(url);
    const text = await tab.text();
    for (const part of [shown.title, shown.lead, "What your passkey signs", message.toString()]) assert.ok(text.includes(part), part);
    await press(tab, "act");
    assert.match(await tab.text(), /Done\. You can close this page/);
  });
  assert.ok(verifySignature(alice.key, message, hex(signature)));
  assert.ok(!verifySignature(alice.key, Buffer.from("another"), hex(signature)));
});

test("each signature counts, and a passkey signs again", { skip }, async () => {
  const [first, second] = [await sign(alice, approving), await sign(alice, approving)];
  const [before = 0, after = 0] = [first, second].map((signature) => passkeyCounter(hex(signature)));
  assert.ok(before > 0 && after > before);
});

test("a person who is there and not verified signs nothing, and may try again", { skip }, async () => {
  const code = await refusedWith(alice, async (url) => {
    await tab.authenticator("setUserVerified", { isUserVerified: false });
    await tab.open(url);
    await press(tab, "act");
    assert.match(await tab.text(), /Nothing was signed/);
    await tab.authenticator("setUserVerified", { isUserVerified: true });
    await press(tab, "decline");
  });
  assert.equal(code, "declined");
});

test("attack: the page is changed so that nobody needs to be verified", { skip }, async () => {
  const code = await refusedWith(alice, async (url) => {
    await tab.authenticator("setUserVerified", { isUserVerified: false });
    await tab.open(url);
    await tab.evaluate(`{
      const get = navigator.credentials.get.bind(navigator.credentials);
      navigator.credentials.get = ({ publicKey }) => get({ publicKey: { ...publicKey, userVerification: "discouraged" } });
    }`);
    await press(tab, "act");
    assert.match(await tab.text(), /not a good answer of your passkey/);
    await tab.authenticator("setUserVerified", { isUserVerified: true });
    await press(tab, "decline");
  });
  assert.equal(code, "declined");
});

test("attack: the page is changed so that another release is signed", { skip }, async () => {
  const code = await refusedWith(alice, async (url) => {
    await tab.open(url);
    await tab.evaluate("document.body.dataset.challenge = 'A'.repeat(43)");
    await tab.evaluate(`{
      const get = navigator.credentials.get.bind(navigator.credentials);
      navigator.credentials.get = ({ publicKey }) => get({ publicKey: { ...publicKey, challenge: new Uint8Array(32) } });
    }`);
    await press(tab, "act");
    assert.match(await tab.text(), /not a good answer of your passkey/);
    await press(tab, "decline");
  });
  assert.equal(code, "declined");
});

test("attack: an assertion of an earlier release, sent again", { skip }, async () => {
  const earlier = JSON.parse(Buffer.from(await sign(alice, approving, Buffer.from("an earlier release"))).toString());
  const code = await refusedWith(alice, async (url) => {
    await tab.open(url);
    const body = JSON.stringify({ credential: alice.credential, ...earlier });
    const headers = { "content-type": "application/json" };
    const sent = `fetch(location.href, ${JSON.stringify({ method: "POST", headers, body })}).then((response) => response.json())`;
    const answer = (await tab.evaluate(sent)) as { readonly refusal: { readonly code: string } };
    assert.equal(answer.refusal.code, "assertion-invalid");
    await press(tab, "decline");
  });
  assert.equal(code, "declined");
});

test("attack: another page of this machine asks for the passkey, with the very challenge", { skip }, async () => {
  const elsewhere = await freeOrigin();
  const lured: PasskeyFile = { ...alice, key: { ...alice.key, keyval: { ...alice.key.keyval, origin: elsewhere } } };
  const signature = await sign(lured, approving); // a page of the attacker's, which believes it
  assert.ok(!verifySignature(alice.key, message, hex(signature)), "the policy has the page's origin, and no other");
  const sent = { credential: alice.credential, ...JSON.parse(Buffer.from(signature).toString()) };
  const relayed = signatureIn(sent, message, alice);
  assert.equal(!relayed.ok && relayed.refusal.code, "assertion-invalid");
});

test("attack: the page in another site's frame, or under a name that leads to this machine", { skip }, async () => {
  const evil = createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<iframe src="${decodeURIComponent(request.url?.slice(2) ?? "")}"></iframe>`);
  }).listen(0, "127.0.0.1");
  await once(evil, "listening");
  const address = evil.address();
  const port = typeof address === "object" ? address?.port : 0;
  const code = await refusedWith(alice, async (url) => {
    const rebound = await browser.tab();
    await rebound.open(url.replace("localhost", "rebound.example"));
    assert.equal((await rebound.text()).trim(), "no such page");
    await rebound.open(`http://evil.example:${port}/?${encodeURIComponent(url)}`);
    assert.match(await (await browser.frame()).text(), /refused to connect/);
    const blind = await rebound.evaluate(
      `fetch(${JSON.stringify(url)}, { method: "POST", body: "{}" }).then((response) => response.status, (error) => error.name)`,
    );
    assert.equal(blind, "TypeError", "no answer is read across origins");
    await tab.open(url);
    await press(tab, "decline");
  });
  evil.close();
  evil.closeAllConnections();
  assert.equal(code, "declined");
});

test("attack: a copy of the authenticator counts by itself, and the counts contradict", { skip }, async () => {
  const { credentials } = (await tab.authenticator("getCredentials")) as {
    readonly credentials: readonly { readonly credentialId: string }[];
  };
  const copied = credentials.find(({ credentialId }) => Buffer.from(credentialId, "base64").toString("base64url") === alice.credential);
  assert.ok(copied);
  const thief = await browser.tab();
  await thief.addAuthenticator();
  await thief.authenticator("addCredential", { credential: { ...copied, isResidentCredential: true, rpId: "localhost" } });
  const counters: (number | undefined)[] = [];
  for (const [index, who] of [tab, thief].entries()) {
    const signature = await sign(
      alice,
      async (url) => {
        await who.open(url);
        await press(who, "act");
      },
      Buffer.from(`release ${index}`),
    );
    counters.push(passkeyCounter(hex(signature)));
  }
  assert.ok((counters[0] ?? 0) > 0);
  assert.equal(counters[0], counters[1], "which govern and the signers do not take");
});

test("an authenticator that verifies nobody is not registered", { skip }, async () => {
  const plain = await browser.tab();
  await plain.addAuthenticator({ hasUserVerification: false, isUserVerified: false });
  const outcome = await registerPasskey({
    name: "alice",
    origin: await freeOrigin(),
    now: 0,
    withinSeconds: 20,
    announce: async (url) => {
      await plain.open(url);
      await press(plain, "act");
      assert.match(await plain.text(), /Nothing was signed/);
      await press(plain, "decline");
    },
  });
  assert.equal(!outcome.ok && outcome.refusal.code, "declined");
});
