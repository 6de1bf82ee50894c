// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { targets as targetsDecoder } from "@countersign/trust/anchor/targets";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { readEnvelope } from "@countersign/trust/envelope";
import { signersOf } from "@countersign/trust/quorum";
import { topAuthority } from "@countersign/trust/tuf/root";
import { acceptRoot, trustRoot } from "@countersign/trust/tuf/trusted";
import { countersign, countersignJson } from "./transcript.test-support.ts";

const base = await mkdtemp(join(tmpdir(), "cli-key-"));
after(() => rm(base, { recursive: true }));

const run = (...args: readonly string[]) => countersign(base, "key", ...args);
const ceremony = (...args: readonly string[]) => run("ceremony", ...args);
const keyOf = (holder: string): readonly string[] => [
  ...["--key", `hello/duties/${holder}/key.json`],
  ...["--passphrase-file", `hello/duties/${holder}/passphrase`],
];
const trusting = ["--root", "hello/root.json"];
const file = (name: string): Promise<Buffer> => readFile(join(base, name));

/** What a refusal on stderr is called. */
async function refusalOf(...args: readonly string[]): Promise<string | undefined> {
  const { code, stderr } = await ceremony(...args);
  assert.equal(code, 1, stderr);
  return /^refused: (\S+)\n/.exec(stderr)?.[1];
}

before(async () => {
  await countersignJson(
    base,
    "init",
    "hello",
    ...["--product", "hello"],
    ...["ann", "ben", "cem", "dan"].flatMap((name) => ["--owner", name]),
  );
  await writeFile(join(base, "new.pass"), "a long passphrase\n", { mode: 0o600 });
});

test("a key is made once, is its owner's alone, and is shown without its passphrase", async () => {
  const made = await countersignJson<{ keyid: string }>(base, "key", "create", "new.key", "--passphrase-file", "new.pass");
  assert.deepEqual(await countersignJson(base, "key", "show", "new.key"), made);
  assert.equal((await stat(join(base, "new.key"))).mode & 0o777, 0o600);
  const again = await run("create", "new.key", "--passphrase-file", "new.pass");
  assert.match(again.stderr, /^refused: key-exists\n/);
  assert.match((await run("create", "x.key", "--passphrase-file", "new.key.pub")).stderr, /^refused: file-too-open\n/);
  assert.equal((await run("create", "x.key", "--algorithm", "rot13", "--passphrase-file", "new.pass")).code, 2);
});

test("a root key is replaced by its owners, apart, and clients of the root before accept what comes out", async () => {
  const { keyid } = await countersignJson<{ keyid: string }>(base, "key", "show", "hello/duties/root-cem/key.json");
  const opening = ["open", "next.event", "--role", "root", "--previous", "hello/root.json", "--expires", "2035-01-01T00:00:00Z"];
  assert.equal(await refusalOf(...opening, "--replace", "00000000=new.key.pub"), "key-unknown");
  const opened = await ceremony(...opening, "--replace", `${keyid.slice(0, 8)}=new.key.pub`, "--owner", "cem");
  for (const line of [/^- key of root: .*owner cem$/m, /^\+ key of root: .*owner cem$/m, /^~ version: 1 → 2$/m])
    assert.match(opened.stdout, line);

  assert.equal(await refusalOf("sign", "next.event", ...trusting, ...keyOf("root-ann")), "not-confirmed");
  assert.equal(await refusalOf("show", "next.event"), "incomplete", "who is trusted is not taken from the event");
  assert.equal(await refusalOf("show", "next.event", "--root", "hello/store/metadata/1.targets.json"), "event-of-another-root");
  assert.equal(await refusalOf("sign", "next.event", "--yes", ...trusting, ...keyOf("sign-ann")), "key-not-asked");

  await copyFile(join(base, "next.event"), join(base, "ben.event"));
  assert.equal(await refusalOf(...opening), "file-exists", "there may be signatures in it");
  const signed = await ceremony("sign", "next.event", "--yes", ...trusting, ...keyOf("root-ann"));
  assert.match(
    signed.stdout,
    /\nsigned\n1 of 2 that the root before wants: asked are .*\n1 of 2 that this root itself wants: asked are .*\n$/,
  );
  assert.equal(await refusalOf("finish", "next.event", ...trusting, "--out", "2.root.json"), "threshold-not-met");
  assert.ok(!(await readdir(base)).includes("2.root.json"), "nothing half done");
  assert.equal((await ceremony("sign", "ben.event", "--yes", ...trusting, ...keyOf("root-ben"))).code, 0);
  assert.match((await ceremony("join", "next.event", "ben.event")).stdout, /2 of 2 that this root itself wants: filled\n$/);
  const finished = await ceremony("finish", "next.event", ...trusting, "--out", "2.root.json");
  assert.equal(finished.stdout, "Into the store: 2.root.json, as metadata/2.root.json\n");

  const trusted = trustRoot(await file("hello/root.json")).outcome;
  assert.ok(trusted.ok);
  const next = acceptRoot(trusted.value, await file("2.root.json")).outcome;
  assert.ok(next.ok);
  assert.ok(Object.keys(next.value.root.signed.keys).every((known) => known !== keyid));
});

test("targets with another policy: what changes in the policy is read before it is signed, and the quorum's signatures count", async () => {
  const targets = "hello/store/targets";
  const [name = ""] = (await readdir(join(base, targets))).filter((each) => each.endsWith("policy.json"));
  const policy = JSON.parse(String(await file(`${targets}/${name}`)));
  await writeFile(join(base, "policy.json"), servedBytes({ ...policy, version: 2, coolingOffSeconds: policy.coolingOffSeconds + 1 }));
  const opened = await ceremony(
    ...["open", "targets.event", "--role", "targets", "--previous", "hello/store/metadata/1.targets.json"],
    ...["--expires", "2035-01-01T00:00:00Z", "--new-policy", "policy.json", "--policy", `${targets}/${name}`],
    ...["--delegator", "root=hello/root.json"],
  );
  assert.match(opened.stdout, /^~ the policy › coolingOffSeconds: .* →/m, opened.stdout + opened.stderr);
  for (const holder of ["targets-ann", "targets-ben"])
    assert.equal((await ceremony("sign", "targets.event", "--yes", ...trusting, ...keyOf(holder))).code, 0);
  assert.equal((await ceremony("finish", "targets.event", ...trusting, "--out", "2.targets.json")).code, 0);
  const root = trustRoot(await file("hello/root.json")).outcome;
  const next = readEnvelope(targetsDecoder, await file("2.targets.json"), "targets");
  assert.ok(root.ok && next.ok);
  assert.equal(signersOf(next.value, topAuthority(root.value.root.signed, "targets")).length, 2);
  const listed = next.value.signed.targets.get("policy.json");
  assert.equal(listed.ok && listed.value?.hashes.sha256, sha256(await file("policy.json")));
});

test("a document that somebody wrote is brought to its canonical form, and one that no client could read is not opened", async () => {
  const { signed } = JSON.parse(String(await file("hello/store/metadata/1.targets.json")));
  await writeFile(join(base, "mine.json"), JSON.stringify({ ...signed, version: 2, targets: {} }, undefined, 2));
  const from = ["--role", "targets", "--previous", "hello/store/metadata/1.targets.json", "--delegator", "root=hello/root.json"];
  const opened = await ceremony("open", "mine.event", "--document", "mine.json", ...from);
  assert.match(opened.stdout, /^- .*policy\.json/m);
  await writeFile(join(base, "mine.json"), JSON.stringify({ ...signed, version: "two" }));
  assert.equal(await refusalOf("open", "other.event", "--document", "mine.json", ...from), "malformed-document");
  await writeFile(join(base, "mine.json"), '{"signatures":[],"signed":{}}');
  const revised = ["open", "other.event", "--role", "targets", "--previous", "mine.json", "--expires", "2035-01-01T00:00:00Z"];
  assert.equal(await refusalOf(...revised), "malformed-document");
  assert.ok(!(await readdir(base)).includes("other.event"));
});
