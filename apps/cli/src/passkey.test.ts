// SPDX-License-Identifier: Apache-2.0
// Approvers with passkeys: from their registration in a browser to what runs on a device.
import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Chromium, type Tab } from "@countersign/release/passkey/chromium.test-support";
import { freeOrigin } from "@countersign/release/passkey/free-origin.test-support";
import { keyidOf } from "@countersign/trust/key";
import type { ApproverKey } from "@countersign/world/approver-key";
import { demoPlan } from "@countersign/world/demo/demo-plan";
import { foundWorld } from "@countersign/world/found";
import { type RunningWorld, startWorld } from "@countersign/world/start";
import { ensure } from "../../../tools/outside.ts";
import { readApproverKeys } from "./approver-keys.ts";
import { countersign, countersignJson, countersignOnPage, type Transcript } from "./transcript.test-support.ts";

const [skip = false] = ensure(["chromium"]);
const base = await mkdtemp(join(tmpdir(), "cli-passkey-"));
const project = join(base, "project");
const people = ["alice", "bob"] as const;

let browser: Chromium;
/** Each with a browser tab and an authenticator of their own. */
const tabs = new Map<string, Tab>();
let keys: readonly ApproverKey[];
let world: RunningWorld;
let second = "";

before(async () => {
  if (skip !== false) return;
  browser = await Chromium.start();
  for (const person of people) {
    const tab = await browser.tab();
    await tab.addAuthenticator();
    tabs.set(person, tab);
    const port = new URL(await freeOrigin()).port;
    const made = await countersignOnPage(base, pressing(tab), "key", "passkey", `${person}.json`, "--as", person, "--port", port);
    assert.equal(made.code, 0, made.stderr);
  }
  const read = await readApproverKeys(people.map((person) => `${person}=${join(base, person)}.json`));
  assert.ok(read.ok);
  keys = read.value;
  const founded = await foundWorld(project, demoPlan("hello"), { approverKeys: keys });
  assert.ok(founded.ok);
  world = await startWorld(founded.value);
});

after(async () => {
  await world?.[Symbol.asyncDispose]();
  await browser?.[Symbol.asyncDispose]();
  await rm(base, { recursive: true });
});

function pressing(tab: Tab, button: "act" | "decline" = "act", seen?: (text: string) => void): (url: string) => Promise<void> {
  return async (url) => {
    await tab.open(url);
    seen?.(await tab.text());
    await tab.click(button);
    await tab.until("['done', 'failed'].includes(document.body?.className)");
  };
}

function tabOf(person: string): Tab {
  const tab = tabs.get(person);
  assert.ok(tab);
  return tab;
}

async function approve(digest: string, person: string, seen?: (text: string) => void, tab = tabOf(person)): Promise<string> {
  return codeIn(await countersignOnPage(project, pressing(tab, "act", seen), "release", "approve", digest, "--as", person));
}

/** "approved", or the code of the refusal. */
function codeIn({ code, stderr }: Transcript): string {
  return code === 0 ? "approved" : (/refused: (\S+)/.exec(stderr)?.[1] ?? stderr);
}

async function propose(version: string): Promise<string> {
  const directory = join(base, version);
  await mkdir(join(directory, "bin"), { recursive: true });
  await writeFile(join(directory, "bin/hello"), `#!/bin/sh\necho hello ${version}\n`);
  await chmod(join(directory, "bin/hello"), 0o755);
  const asked = await countersignJson<{ readonly id: string }>(project, "window", "open", "--as", "carol", "--reason", version);
  const shows = (text: string): void => assert.match(text, new RegExp(`Sign window.approve: ${asked.id}\\b[\\s\\S]*You are bob`));
  const opened = await countersignOnPage(project, pressing(tabOf("bob"), "act", shows), "window", "approve", asked.id, "--as", "bob");
  assert.equal(opened.code, 0, opened.stderr);
  const args = ["release", "propose", directory, "--version", version, "--expect", version];
  return (await countersignJson<{ readonly digest: string }>(project, ...args)).digest;
}

async function said(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await countersign(project, ...args);
  assert.equal(code, 0, `${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

test("a release that is approved with a passkey, on a page that shows it, is signed, published and installed", { skip }, async () => {
  const digest = await propose("1.0.0");
  const shows = (text: string): void => {
    const parts = ["Approve hello 1.0.0 for stable", "You are alice", digest, "countersign.example/builders/hello", "bin/hello", "added"];
    for (const part of [...parts, `"digest":"${digest}"`, '"decision":"approve"']) assert.ok(text.includes(part), `${part} in ${text}`);
  };
  assert.equal(await approve(digest, "alice", shows), "approved");
  await said("release", "sign", digest);
  await said("release", "publish", digest);
  const from = ["--url", world.urls.distribute, "--root", join(project, "root.json"), "--product", "hello", "--channel", "stable"];
  await said("device", "init", "d", ...from);
  assert.match(await said("device", "install", "--dir", "d"), /installed: 1\.0\.0/);
  assert.equal(await said("device", "run", "--dir", "d", "bin/hello"), "hello 1.0.0\n");
});

test("attack: a copied passkey approves the next release, and govern sees that it counts by itself", { skip }, async () => {
  second = await propose("1.1.0");
  const { credentials } = (await tabOf("alice").authenticator("getCredentials")) as { readonly credentials: readonly object[] };
  const thief = await browser.tab();
  await thief.addAuthenticator();
  await thief.authenticator("addCredential", { credential: { ...credentials[0], signCount: 0, rpId: "localhost" } });
  assert.equal(await approve(second, "alice", undefined, thief), "passkey-copied");
  assert.equal(await approve(second, "bob"), "approved");
  await said("release", "publish", second);
  assert.match(await said("device", "install", "--dir", "d"), /installed: 1\.1\.0/);
});

test("attack: the key file of a person who has a passkey approves nothing; and who declines, approves nothing either", {
  skip,
}, async () => {
  const digest = await propose("1.2.0");
  const own = join(project, "people/alice");
  const byFile = ["--as", "alice", "--key", join(own, "key.json"), "--passphrase-file", join(own, "passphrase"), "--yes"];
  assert.equal(codeIn(await countersign(project, "release", "approve", digest, ...byFile)), "not-an-approver");
  const declining = pressing(tabOf("bob"), "decline");
  assert.equal(codeIn(await countersignOnPage(project, declining, "release", "approve", digest, "--as", "bob", "--yes")), "declined");
});

test("a person who has a passkey opens windows with it, as above, registers and stops with it: a page shows each document as it is signed", {
  skip,
}, async () => {
  const seen: string[] = [];
  const act = async (...args: readonly string[]): Promise<void> => {
    const { code, stderr } = await countersignOnPage(
      project,
      pressing(tabOf("bob"), "act", (text) => void seen.push(text)),
      ...args,
    );
    assert.equal(code, 0, stderr);
  };
  await act("identity", "suspend", "revoke-alice", "--as", "bob", "--reason", "to see");
  await act("revoke", second, "--as", "bob", "--reason", "leaks tokens");
  assert.match(seen[0] ?? "", /Sign identity\.suspend: revoke-alice[\s\S]*to see/);
  assert.match(seen[1] ?? "", new RegExp(`is to deny ${second}[\\s\\S]*leaks tokens`));
  const declining = pressing(tabOf("bob"), "decline");
  const declined = await countersignOnPage(project, declining, "identity", "suspend", "ci", "--as", "bob", "--reason", "no");
  assert.equal(codeIn(declined), "declined");
});

test("who orders a recall with a passkey is shown both of its signatures, and the devices go back", { skip }, async () => {
  const titles: string[] = [];
  const seen = (text: string): void => void titles.push(/^.* a release of .*$/m.exec(text)?.[0] ?? text);
  const order = ["release", "order", "recall", second, "--reason", "leaks tokens", "--as", "bob", "--json"];
  const { code, stdout, stderr } = await countersignOnPage(project, pressing(tabOf("bob"), "act", seen), ...order);
  assert.equal(code, 0, stderr);
  assert.deepEqual(titles, ["Order to recall a release of hello on stable", "Approve to recall a release of hello on stable"]);
  await said("release", "publish", JSON.parse(stdout).digest);
  assert.match(await said("device", "install", "--dir", "d"), /installed: 1\.0\.0/);
});

test("keys that approve are read with whose they are", { skip }, async () => {
  const code = async (given: string): Promise<string> => {
    const read = await readApproverKeys([given]);
    return read.ok ? "ok" : read.refusal.code;
  };
  assert.equal(await code(`bob=${join(base, "alice.json")}`), "passkey-of-another");
  assert.equal(await code(`bob=${join(base, "nobody.json")}`), "passkey-missing");
  assert.equal(await code(`bob=${join(base, "nobody.pub")}`), "key-missing");
  assert.equal(await code("bob"), "passkey-missing");
  const [alice] = keys;
  assert.ok(alice);
  const kept = join(project, "people/alice/passkeys", `${keyidOf(alice.key).slice(0, 12)}.json`);
  const stranger = await foundWorld(join(base, "other"), demoPlan("hello"), { approverKeys: [{ ...alice, person: "mallory" }] });
  assert.equal(!stranger.ok && stranger.refusal.code, "unknown-person");
  assert.deepEqual(await readFile(kept), await readFile(join(base, "alice.json")));
});
