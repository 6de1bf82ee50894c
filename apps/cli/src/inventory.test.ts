// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { liveProject } from "./live-project.test-support.ts";
import { countersign, countersignJson } from "./transcript.test-support.ts";

const { base, project, world } = await liveProject();

test("blast-radius names the sets of one first: this machine, the lone builder, and everybody who may halt", async () => {
  const { code, stdout, stderr } = await countersign(project, "blast-radius", "stable");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^stable, app, by policy version 1: what it would take\n\n.* is enough alone for everything/);
  assert.match(
    stdout,
    /Enough alone to put code on devices\n +build +builder, https:\/\/ci\.\S+, job \S+, dave can put into the next honest release/,
  );
  assert.match(stdout, /order +alice, bob, carol, dave can slow every release, or recall devices/);
  assert.match(stdout, /install +release +3 +3 +2 +1 +1\n/);
  assert.match(stdout, /people +alice \+ dave; bob \+ dave; carol \+ dave\n/);
  assert.match(stdout, /Looser than its profile: soakSeconds 3 \(app: 3600\)/);
  assert.match(stdout, /(\d+) of \1 keys are files, for development/);
  assert.ok(stdout.indexOf("Enough alone") < stdout.indexOf("Smallest sets"));
});

test("CI can gate on the size: it ends with 1 where less is enough, and narrows what it counts", async () => {
  const gate = async (...args: readonly string[]): Promise<readonly [number, string]> => {
    const { code, stdout } = await countersign(project, "blast-radius", "stable", ...args);
    return [code, /(passed|failed): .*$/m.exec(stdout)?.[0] ?? ""];
  };
  assert.deepEqual(await gate("--fail-below", "2"), [1, "failed: the smallest set to install is of 1, and 2 were asked for"]);
  assert.deepEqual(await gate("--fail-below", "2", "--view", "person", "--way", "release"), [
    0,
    "passed: the smallest set to install is of 2, and 2 were asked for",
  ]);
  assert.deepEqual((await gate("--fail-below", "2", "--view", "person", "--way", "release", "--way", "build"))[0], 1);
  assert.deepEqual((await gate("--fail-below", "3", "--view", "key", "--goal", "hide", "--way", "fork"))[0], 0);
  assert.deepEqual((await gate("--fail-below", "2", "--way", "misspelt"))[0], 1, "what counts nothing passes nothing");
});

interface Answered {
  readonly smallest: { readonly install: number };
  readonly setsOfOne: readonly { readonly goal: string; readonly view: string; readonly element: { readonly name: string } }[];
  readonly holdings: readonly { readonly id: string; readonly custody: string | null; readonly development: boolean | null }[];
}

test("blast-radius in JSON has every set, and what is not known as null", async () => {
  const here = await countersignJson<Answered>(project, "blast-radius", "stable");
  assert.equal(here.smallest.install, 1);
  assert.ok(here.setsOfOne.some(({ goal, view, element }) => goal === "install" && view === "person" && element.name === "dave"));
  assert.ok(here.holdings.every(({ id, development }) => development === true || !/^[0-9a-f]{64}$/.test(id)));
  const elsewhere = ["--store", world.urls.distribute, "--root", join(project, "root.json")];
  const far = await countersignJson<Answered>(base, "blast-radius", "stable", ...elsewhere);
  assert.ok(far.holdings.every(({ custody }) => custody === null));
});

test("a channel that the policy does not know, and a repository without its root, are refused with what to do", async () => {
  const unknown = await countersign(project, "blast-radius", "beta");
  assert.deepEqual([unknown.code, /refused: unknown-channel/.test(unknown.stderr)], [1, true]);
  const rootless = await countersign(base, "blast-radius", "stable", "--store", world.urls.distribute);
  assert.match(rootless.stderr, /refused: root-missing[\s\S]*--root root\.json/);
});

interface Trusted {
  readonly trusted: readonly {
    readonly kind: string;
    readonly name: string;
    readonly for: readonly string[];
    readonly custody: string | null;
    readonly since: { readonly by: string } | null;
    readonly until: object | null;
    readonly lastUsed: object | null;
    readonly reviewBy: string | null;
    readonly marks: readonly string[];
  }[];
}

test("trust lists everything that is trusted: since, until, last used, and what its loss would mean", async () => {
  const { code, stdout, stderr } = await countersign(project, "trust");
  assert.equal(code, 0, stderr);
  const headings = ["Device root", "Policy", "Log", "Witnesses", "Keys of root and targets", "Keys of publish", "Keys that sign channels"];
  for (const heading of [...headings, "Identities", "People", "Sources"]) assert.match(stdout, new RegExp(`^${heading}\n`, "m"));
  assert.match(stdout, /^builder +[0-9a-f]{12} +build stable +dave +file, development .* alone +alone/m);
  assert.match(stdout, /^\d+ things are trusted: .*development custody/m);
  const { trusted } = await countersignJson<Trusted>(project, "trust", "--channel", "stable");
  for (const row of trusted.filter(({ kind }) => ["key", "log", "witness"].includes(kind))) {
    assert.equal(row.custody, "encrypted-file (development)", row.name);
    assert.ok(row.since !== null && row.until !== null && row.marks.includes("development custody"), row.name);
  }
  const online = trusted.filter(({ kind, name }) => kind === "key" && /^(root|publish)-/.test(name));
  assert.ok(online.length > 4 && online.every(({ lastUsed }) => lastUsed !== null));
  assert.ok(trusted.some(({ kind, name, reviewBy }) => kind === "identity" && name === "builder" && reviewBy !== null));
});

test("a stranger sees the same of what is published, and unknown where only the owners could say", async () => {
  const elsewhere = ["--store", world.urls.distribute, "--root", join(project, "root.json")];
  const { trusted } = await countersignJson<Trusted>(base, "trust", ...elsewhere);
  const keys = trusted.filter(({ kind }) => kind === "key");
  assert.ok(keys.length > 10 && keys.every(({ since }) => since !== null));
  for (const { for: tasks, custody } of keys) {
    const ofRoot = tasks.every((task) => ["root", "targets", "snapshot", "timestamp"].includes(task));
    assert.equal(custody, ofRoot ? null : "encrypted-file, says the policy", tasks.join());
  }
  assert.match((await countersign(base, "trust", ...elsewhere)).stdout, /neither this machine's custody nor govern was asked/);
});

test("keys of other machines count where they are: one file a machine, as key list prints it there", async () => {
  const listed = await countersignJson<{ readonly keys: readonly { readonly owner: string }[] }>(project, "key", "list");
  const machines = [...Map.groupBy(listed.keys, ({ owner }) => owner)];
  const files: string[] = [];
  for (const [owner, keys] of machines) {
    const file = join(base, `machine-of-${owner}.json`);
    await writeFile(file, JSON.stringify({ keys: keys.map((key) => ({ ...key, custody: "pkcs11 (Maker, Model)" })) }));
    files.push("--keys", file);
  }
  const elsewhere = ["--store", world.urls.distribute, "--root", join(project, "root.json"), ...files];
  const { setsOfOne, holdings } = await countersignJson<Answered>(base, "blast-radius", "stable", ...elsewhere);
  assert.ok(holdings.filter(({ id }) => /^[0-9a-f]{64}$/.test(id)).every(({ development }) => development === false));
  const alone = setsOfOne.filter(({ goal, view }) => goal === "install" && (view === "machine" || view === "custody"));
  const builds = ["https://ci.hello.countersign.example", "job https://countersign.example/builders/hello"];
  assert.deepEqual([...new Set(alone.map(({ element }) => element.name))].sort(), [
    ...["custody", "machine"].flatMap((view) => builds.map((service) => `${view} unknown: ${service}`)), // who runs the build, no key says
    "machine-of-dave",
    "pkcs11 (Maker, Model) of machine-of-dave",
  ]);
  const wrong = await countersign(base, "blast-radius", "stable", ...elsewhere, "--keys", join(project, "root.json"));
  assert.deepEqual([wrong.code, /refused: malformed-document/.test(wrong.stderr)], [1, true]);
});
