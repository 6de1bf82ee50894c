// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { copyFile, glob, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { loadCryptoki } from "@countersign/custody/pkcs11/cryptoki";
import { softHsm } from "@countersign/custody/pkcs11/softhsm.test-support";
import type { KeyRecord } from "@countersign/custody/record/key-record";
import { RecordFile } from "@countersign/custody/record/record-file";
import { targets as targetsDecoder } from "@countersign/trust/anchor/targets";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { readEnvelope } from "@countersign/trust/envelope";
import { signersOf } from "@countersign/trust/quorum";
import { topAuthority } from "@countersign/trust/tuf/root";
import { acceptRoot, trustRoot } from "@countersign/trust/tuf/trusted";
import { ensure } from "../../../tools/outside.ts";
import { countersign, countersignJson } from "./transcript.test-support.ts";

/** What `key create` answers. */
interface Made {
  readonly keyid: string;
  readonly algorithm: string;
  readonly custody: string;
  readonly record: KeyRecord;
  readonly attestation?: Readonly<Record<string, unknown>>;
}

/** What `key rotate` answers besides. */
interface Rotated extends Made {
  readonly replaces: string;
  readonly standing: readonly { readonly document: string; readonly as: readonly string[] }[];
  readonly next: readonly string[];
}

const built = loadCryptoki();
const skip = ensure(["softhsm2-util"])[0] ?? (built.ok ? false : built.refusal.remedy);

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

test("every key of a project is listed with owner, custody, purpose, expiry, count and limit, last use and next review", async () => {
  const { keys } = await countersignJson<{ keys: readonly KeyRecord[] }>(base, "key", "list", "--project", "hello");
  const files = [];
  for await (const path of glob("hello/{duties,people}/*/key.json", { cwd: base })) files.push(path);
  assert.equal(keys.length, files.length);
  const root = keys.filter(({ purpose }) => purpose === "sign root");
  assert.deepEqual(root.map(({ owner }) => owner).sort(), ["ann", "ben", "cem"]);
  for (const { custody, signatures, limit, lastUse, expires, nextReview } of root) {
    assert.deepEqual([custody, signatures, limit], ["encrypted-file (development)", 1, 1000], "the first root was signed");
    assert.ok(String(lastUse) < expires && String(lastUse) < nextReview);
  }
  const { stdout } = await run("list", "--project", "hello");
  assert.match(stdout, /^key +owner +purpose +custody +expires +used +last use +next review +state\n/);
  assert.match(stdout, /ann +sign root +encrypted-file \(development\) +\d{4}-\d\d-\d\d +1\/1000 /);
  assert.match((await run("list", "nowhere.key")).stderr, /^refused: record-missing\n/);
});

test("a key goes offline at its limit and at its expiry, and the list says so", async () => {
  const making = ["--passphrase-file", "new.pass", "--owner", "ann", "--purpose", "sign root"];
  assert.equal((await run("create", "once.key", ...making, "--limit", "1")).code, 0);
  assert.equal((await run("create", "old.key", ...making, "--expires", "2026-01-01T00:00:00Z")).code, 0);
  assert.equal((await run("create", "bad.key", ...making, "--expires", "tomorrow")).code, 2);
  const once = RecordFile.open(join(base, "once.key.record"));
  assert.ok(once.ok);
  assert.ok(once.value.count(once.value.read().keyid, Date.now()).ok);
  const { keys } = await countersignJson<{ keys: readonly { state: string }[] }>(base, "key", "list", "once.key", "old.key", "new.key");
  assert.deepEqual(
    keys.map(({ state }) => state),
    ["key-spent", "key-expired", "in-use"],
  );
  const due = ["--next-review", "2026-01-01T00:00:00Z"];
  assert.equal((await run("review", "new.key", ...due)).code, 0);
  const listed = () => countersignJson<{ keys: readonly { state: string; nextReview: string }[] }>(base, "key", "list", "new.key");
  assert.deepEqual(
    (await listed()).keys.map(({ state, nextReview }) => [state, nextReview]),
    [["review-due", "2026-01-01T00:00:00Z"]],
  );
  assert.equal((await run("review", "new.key")).code, 0);
  assert.deepEqual(
    (await listed()).keys.map(({ state }) => state),
    ["in-use"],
  );
  const opening = ["open", "offline.event", "--role", "root", "--previous", "hello/root.json", "--expires", "2035-01-01T00:00:00Z"];
  const { keyid } = await countersignJson<{ keyid: string }>(base, "key", "show", "hello/duties/root-cem/key.json");
  for (const name of ["once", "old"]) {
    assert.equal((await ceremony(...opening, "--replace", `${keyid}=${name}.key.pub`, "--owner", "cem")).code, 0);
    const signing = ["sign", "offline.event", "--yes", ...trusting, "--key", `${name}.key`, "--passphrase-file", "new.pass"];
    assert.equal(await refusalOf(...signing), name === "once" ? "key-spent" : "key-expired");
    await rm(join(base, "offline.event"));
  }
});

test("a key's successor has its owner, purpose and limit, and the ceremony that puts it in its place is named", async () => {
  const cem = "hello/duties/root-cem/key.json";
  assert.match((await run("rotate", "none.key", "x.key")).stderr, /^refused: record-missing\n/);
  const rotated = await countersignJson<Rotated>(
    base,
    "key",
    "rotate",
    cem,
    "cem-2.key",
    "--passphrase-file",
    "new.pass",
    "--project",
    "hello",
  );
  assert.deepEqual([rotated.record.owner, rotated.record.purpose, rotated.record.limit], ["cem", "sign root", 1000]);
  assert.deepEqual(rotated.standing, [{ document: "root", as: ["root"] }]);
  assert.match(
    rotated.next[0] ?? "",
    new RegExp(`^countersign key ceremony open .* --replace ${rotated.replaces.slice(0, 8)}=cem-2.key.pub --owner cem$`),
  );
  const { keys } = await countersignJson<{ keys: readonly { state: string; successor: string }[] }>(base, "key", "list", cem);
  assert.deepEqual(
    keys.map(({ state, successor }) => [state, successor]),
    [["being-replaced", rotated.keyid]],
  );
  assert.match((await run("rotate", cem, "cem-3.key", "--passphrase-file", "new.pass")).stderr, /^refused: key-succeeded\n/);
  const signer = await countersignJson<Rotated>(
    base,
    ...["key", "rotate", "hello/duties/sign-ann/key.json", "sign-ann-2.key", "--passphrase-file", "new.pass", "--project", "hello"],
  );
  assert.deepEqual(
    signer.standing.map(({ document }) => document),
    ["targets", "policy"],
  );
  assert.match(signer.next.join("\n"), /^[^\n]*--role targets [^\n]*--replace [^\n]*--new-policy policy.json$/);
});

test("hardware: a key is made in a token, named by a file, listed, succeeded, and signs a ceremony", { skip }, async () => {
  const { module, token, pinFile } = softHsm(join(base, "hsm"), "ceremony", "1234");
  const place = ["--custody", "pkcs11", "--module", module, "--token", token, "--pin-file", pinFile];
  const facts = ["--owner", "ben", "--purpose", "sign root", "--limit", "5"];
  assert.match(
    (await run("create", "hsm.key", "--custody", "pkcs11", ...facts)).stderr,
    /^refused: incomplete\n[\s\S]*--module, --token, --label, --pin-file/,
  );
  const made = await countersignJson<Made>(base, "key", "create", "hsm.key", ...place, "--label", "root-ben", ...facts);
  assert.deepEqual([made.algorithm, made.attestation?.["extractable"], made.attestation?.["local"]], ["ecdsa-p256", false, true]);
  assert.match(made.custody, /^pkcs11 \(SoftHSM/);
  assert.ok(!String(await file("hsm.key")).includes("1234"), "a reference holds no secret");
  assert.match((await run("create", "twice.key", ...place, "--label", "root-ben", ...facts)).stderr, /^refused: key-exists\n/);
  const again = await countersignJson<Made>(base, "key", "create", "again.key", ...place, "--label", "root-ben", "--existing", ...facts);
  assert.equal(again.keyid, made.keyid);

  const { keyid } = await countersignJson<{ keyid: string }>(base, "key", "show", "hello/duties/root-ben/key.json");
  const opening = ["open", "hsm.event", "--role", "root", "--previous", "hello/root.json", "--expires", "2035-01-01T00:00:00Z"];
  assert.equal((await ceremony(...opening, "--replace", `${keyid}=hsm.key.pub`, "--owner", "ben")).code, 0);
  const signed = await ceremony("sign", "hsm.event", "--yes", ...trusting, "--key", "hsm.key");
  assert.match(signed.stdout, /\n1 of 2 that this root itself wants: /, signed.stderr);
  const { keys } = await countersignJson<{ keys: readonly KeyRecord[] }>(base, "key", "list", "hsm.key");
  assert.deepEqual(
    keys.map(({ owner, signatures, limit }) => [owner, signatures, limit]),
    [["ben", 1, 5]],
  );

  const next = await countersignJson<Made>(base, "key", "rotate", "hsm.key", "hsm-2.key", "--label", "root-ben-2");
  assert.deepEqual([next.custody, next.record.limit, next.keyid === made.keyid], [made.custody, 5, false]);
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
