// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Outcome } from "@countersign/trust/refusal";
import type { TargetFile } from "@countersign/trust/tuf/meta";
import { Mirrors } from "../mirrors.ts";
import { network } from "../network.ts";
import { serve } from "../servers.test-support.ts";
import { type DownloadedTarget, downloadTarget } from "./target-download.ts";

const base = await mkdtemp(join(tmpdir(), "target-download-"));
const way = network();
after(() => {
  way[Symbol.dispose]();
  return rm(base, { recursive: true });
});
const limits = { connectSeconds: 5, idleSeconds: 5, totalSeconds: 10, minimumBytesPerSecond: 1 };

/** A server of these files that counts what it is asked, and an empty directory. */
async function setUp(files: Readonly<Record<string, Uint8Array>>) {
  const requests: string[] = [];
  const url = await serve((request, response) => {
    const path = (request.url ?? "").slice(1);
    requests.push(path);
    const bytes = files[path];
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  const directory = await mkdtemp(join(base, "targets-"));
  const fetchTarget = (path: string, target: TargetFile, locations: readonly string[], mirrors: readonly string[] = [url]) =>
    downloadTarget({ path, target, locations, mirrors: new Mirrors(mirrors), directory, limits }, way);
  return { url, requests, directory, fetchTarget };
}

function targetOf(bytes: Uint8Array, ...algorithms: readonly ("sha256" | "sha512")[]): TargetFile {
  const digests = algorithms.map((algorithm) => [algorithm, createHash(algorithm).update(bytes).digest("hex")]);
  return { length: bytes.length, hashes: Object.fromEntries(digests) };
}

const codeOf = (outcome: Outcome<DownloadedTarget>): string => (outcome.ok ? "accepted" : outcome.refusal.code);
const bytes = Buffer.from("some bytes");

test("a target lands in one file, called as its path, and is not downloaded twice", async () => {
  const { requests, directory, fetchTarget } = await setUp({ "dir/f": bytes });
  const first = await fetchTarget("dir/f", targetOf(bytes, "sha256", "sha512"), ["dir/f"]);
  assert.deepEqual(first.ok && first.value.cached, false);
  assert.deepEqual(await readFile(join(directory, "dir%2Ff")), bytes);
  const second = await fetchTarget("dir/f", targetOf(bytes, "sha512"), ["dir/f"]);
  assert.deepEqual(second.ok && second.value.cached, true);
  assert.deepEqual(requests, ["dir/f"]);
  assert.deepEqual(await readdir(join(directory, ".incoming", "dir%2Ff")), ["lock"]);
});

test("attack: other bytes of the right length, for either hash, leave what was there", async () => {
  const evil = Buffer.from("evil bytes");
  const { directory, fetchTarget } = await setUp({ f: evil });
  await writeFile(join(directory, "f"), "the old version");
  for (const target of [targetOf(bytes, "sha256"), targetOf(bytes, "sha512")])
    assert.equal(codeOf(await fetchTarget("f", target, ["f"])), "digest-mismatch");
  const mixed = { length: 10, hashes: { ...targetOf(evil, "sha256").hashes, ...targetOf(bytes, "sha512").hashes } };
  assert.equal(codeOf(await fetchTarget("f", mixed, ["f"])), "digest-mismatch");
  assert.equal(await readFile(join(directory, "f"), "utf8"), "the old version");
});

test("a local file that was changed is downloaded again", async () => {
  const { requests, directory, fetchTarget } = await setUp({ f: bytes });
  await writeFile(join(directory, "f"), "evil bytes");
  assert.equal(codeOf(await fetchTarget("f", targetOf(bytes, "sha256"), ["f"])), "accepted");
  assert.deepEqual(await readFile(join(directory, "f")), bytes);
  assert.equal(requests.length, 1);
});

test("attack: a target path that points out of the directory stays in it", async () => {
  const { directory, fetchTarget } = await setUp({ x: bytes });
  for (const path of ["../escaped", "/escaped", "..", ".incoming"])
    assert.equal(codeOf(await fetchTarget(path, targetOf(bytes, "sha256"), ["x"])), "accepted");
  assert.deepEqual((await readdir(base)).includes("escaped"), false);
  assert.deepEqual((await readdir(directory)).sort(), ["%2E.", "%2E.%2Fescaped", "%2Eincoming", "%2Fescaped", ".incoming"]);
});

test("where it is not under one hash it is asked for under the other, and on the next mirror; with none, the first refusal stands", async () => {
  const { url, requests, fetchTarget } = await setUp({ "a/good": bytes, "b/good": bytes, "a/bad": Buffer.from("evil bytes") });
  const mirrors = [`${url}a`, `${url}b/`];
  assert.equal(codeOf(await fetchTarget("f", targetOf(bytes, "sha256"), ["missing", "good"], mirrors)), "accepted");
  assert.equal(codeOf(await fetchTarget("g", targetOf(bytes, "sha256"), ["bad", "good"], mirrors)), "accepted");
  assert.deepEqual(requests, ["a/missing", "a/good", "a/bad", "b/bad", "b/good"]);
  assert.equal(codeOf(await fetchTarget("h", targetOf(bytes, "sha256"), ["bad"], mirrors)), "digest-mismatch");
});

test("a directory that cannot be written to is a refusal of its own kind", async () => {
  const { directory, fetchTarget } = await setUp({ f: bytes });
  await writeFile(join(directory, ".incoming"), "in the way");
  assert.equal(codeOf(await fetchTarget("f", targetOf(bytes, "sha256"), ["f"])), "io-failed");
});

test("an interrupted download of this version is gone on with, one of another version is removed", async () => {
  const { directory, fetchTarget } = await setUp({ f: bytes });
  const incoming = join(directory, ".incoming", "f");
  await mkdir(incoming, { recursive: true });
  const target = targetOf(bytes, "sha256");
  await writeFile(join(incoming, `${target.hashes.sha256}.part`), bytes); // all of it was there when the machine stopped
  await writeFile(join(incoming, `${"0".repeat(64)}.part`), "of another version");
  assert.equal(codeOf(await fetchTarget("f", target, ["nowhere"])), "accepted");
  assert.deepEqual(await readFile(join(directory, "f")), bytes);
  assert.deepEqual(await readdir(incoming), ["lock"]);
});

test("several that want the same target at once download it once", async () => {
  const { requests, directory, fetchTarget } = await setUp({ f: bytes });
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => fetchTarget("f", targetOf(bytes, "sha256"), ["f"])));
  assert.deepEqual(new Set(outcomes.map(codeOf)), new Set(["accepted"]));
  assert.deepEqual(requests, ["f"]);
  assert.deepEqual(await readFile(join(directory, "f")), bytes);
});
