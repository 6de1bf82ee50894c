// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Refusal } from "@countersign/trust/refusal";
import type { Plan } from "@countersign/world/plan";
import type { SetOfOne } from "@countersign/world/sets-of-one";
import { countersign, countersignJson, type Transcript } from "./transcript.test-support.ts";

const base = await mkdtemp(join(tmpdir(), "cli-"));
const solo = join(base, "solo");
after(() => rm(base, { recursive: true }));

let founded: { readonly directory: string; readonly plan: Plan; readonly setsOfOne: readonly SetOfOne[] };
before(async () => {
  founded = await countersignJson(base, "init", "solo", "--product", "hello", "--owner", "alice");
});

/** A refusal as a person reads it: on stderr, with what to do; nothing on stdout, and exit code 1. */
function assertRefused({ code, stdout, stderr }: Transcript, refusal: string, remedy: RegExp): void {
  assert.equal(code, 1, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, new RegExp(`^refused: ${refusal}\n {2}expected .+\n {2}found .+\n {2}do this .+\n$`));
  assert.match(stderr, remedy);
}

test("init for one person says who holds what and that this person alone is enough", () => {
  assert.equal(founded.directory, solo);
  assert.equal(founded.plan.separation, "key");
  assert.ok(founded.setsOfOne.some(({ who, can }) => who === "alice" && can.startsWith("ship anything")));
});

test("init for two makes a pair, in which neither can start anything alone", async () => {
  const people = ["--owner", "alice", "--owner", "bob"];
  const pair = await countersignJson<typeof founded & { readonly kind: string }>(base, "init", "pair", "--product", "hello", ...people);
  assert.equal(pair.kind, "pair");
  assert.deepEqual(
    pair.setsOfOne.filter(({ kind }) => kind === "ship").map(({ who }) => who),
    ["this machine"],
  );
});

test("init without a terminal asks nothing, and a profile with too few people is refused with how many are missing", async () => {
  const few = await countersign(base, "init", "agent", "--product", "hello", "--owner", "alice", "--profile", "agent");
  assertRefused(few, "owners-missing", /Add 4 people \(--owner NAME\).*solo is the strongest that you can hold/);
  const hardware = await countersign(base, "init", "other", "--product", "hello", "--owner", "alice", "--hardware", "mallory");
  assertRefused(hardware, "owner-unknown", /only owners with --hardware/);
});

test("init refuses a directory that holds something, and a name that could be a path", async () => {
  assertRefused(await countersign(base, "init", "solo", "--product", "hello"), "not-empty", /new directory/);
  assertRefused(await countersign(base, "init", "evil", "--product", "../hello"), "malformed-document", /written again|write it again/);
});

test("what needs the processes says to start them; what needs a project says to make one", async () => {
  assertRefused(await countersign(solo, "release", "status"), "not-running", /countersign up/);
  assertRefused(await countersign(join(solo, "people"), "ledger", "verify"), "not-running", /countersign up/);
  assertRefused(await countersign(base, "revoke", "12345678", "--reason", "x", "--as", "alice"), "no-project", /countersign init/);
});

test("with --json a refusal is one object on stdout", async () => {
  const { code, stdout, stderr } = await countersign(solo, "release", "status", "--json");
  assert.deepEqual([code, stderr], [1, ""]);
  const { refusal } = JSON.parse(stdout) as { readonly refusal: Refusal };
  assert.deepEqual(Object.keys(refusal), ["code", "expected", "found", "remedy"]);
});

test("wrong usage ends with code 2 and says what is missing", async () => {
  const wrong: readonly (readonly [complaint: RegExp, ...args: readonly string[]])[] = [
    [/--version <version>/, "release", "propose", "."],
    [/unknown command/, "nonsense"],
    [/Allowed choices are recall, lift/, "release", "order", "pause", "12345678", "--reason", "x", "--as", "alice"],
    [/whole number from 1/, "ledger", "tail", "-n", "0"],
  ];
  for (const [complaint, ...args] of wrong) {
    const { code, stdout, stderr } = await countersign(solo, ...args);
    assert.deepEqual([code, stdout], [2, ""], stderr);
    assert.match(stderr, complaint);
  }
});

test("a device knows nothing before its first check, and refuses a root that is none", async () => {
  const options = ["--url", "http://127.0.0.1:9/", "--product", "hello", "--channel", "stable"];
  assertRefused(await countersign(base, "device", "init", "d", ...options, "--root", "nothing.json"), "no-root", /root\.json/);
  await writeFile(join(base, "rubbish.json"), "{}");
  assertRefused(await countersign(base, "device", "init", "d", ...options, "--root", "rubbish.json"), "malformed-document", /again/);
  const made = await countersign(base, "device", "init", "d", ...options, "--root", join(solo, "root.json"));
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, /Next: countersign device install --dir d\n/);
  assertRefused(await countersign(base, "device", "init", "d", ...options, "--root", join(solo, "root.json")), "device-exists", /another/);
  assertRefused(await countersign(base, "device", "explain", "--dir", "d"), "no-trail", /device check/);
  assertRefused(await countersign(base, "device", "rollback", "--dir", "d"), "no-previous-version", /device install/);
  assertRefused(await countersign(base, "device", "run", "--dir", "d", "bin/hello"), "nothing-installed", /device install/);
  const { running, epochFloor } = await countersignJson<Record<string, unknown>>(base, "device", "status", "--dir", "d");
  assert.deepEqual([running, epochFloor], [null, 0]);
});

test("a repository that does not answer is a refusal that the trail explains", async () => {
  await mkdir(join(base, "lonely"));
  const options = ["--url", "http://127.0.0.1:9", "--product", "hello", "--channel", "stable", "--root", join(solo, "root.json")];
  await countersign(base, "device", "init", "lonely", ...options);
  const checked = await countersign(base, "device", "check", "--dir", "lonely");
  assert.equal(checked.code, 1);
  assert.match(checked.stdout, /gate 1 says no.*device explain --dir lonely/);
  const explained = await countersign(base, "device", "explain", "--dir", "lonely");
  assert.equal(explained.code, 0);
  assert.match(explained.stdout, /^gate {2}check +expected +found +verdict\n1 /);
});

test("the launcher that is published works in a checkout too, whatever Node starts it", () => {
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, "../bin/countersign.js"), "--help"], {
    encoding: "utf8",
  });
  assert.equal(status, 0);
  assert.match(stdout, /^Usage: countersign/);
});
