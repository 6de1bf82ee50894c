// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { targetsDocument } from "@countersign/trust/anchor/targets";
import { canonicalDigest } from "@countersign/trust/canonical";
import { decode } from "@countersign/trust/decode";
import { type Head, headDocument } from "@countersign/trust/release/head";
import { headPath, nextChannel } from "./next-channel.ts";
import { nextHead } from "./next-head.ts";
import { place, releaseEntry } from "./sample-entries.test-support.ts";

const expires = "2030-01-01T00:00:00Z";
const arm = { ...place, platform: "linux-arm64" };
const byPath = (...heads: readonly Head[]): ReadonlyMap<string, Head> => new Map(heads.map((head) => [headPath(head), head]));

test("the first channel file lists the head by the digest of its canonical form, and every artifact of its releases", () => {
  const head = nextHead(nextHead(undefined, place, releaseEntry(1)), place, releaseEntry(2));
  const file = nextChannel(undefined, byPath(head), expires);
  assert.equal(file.version, 1);
  assert.deepEqual(Object.keys(file.targets).sort(), [
    "stable/hello/linux-x64/head.json",
    "stable/hello/linux-x64/hello-1-linux-x64.tar.zst",
    "stable/hello/linux-x64/hello-2-linux-x64.tar.zst",
  ]);
  assert.equal(file.targets[headPath(head)]?.hashes.sha256, canonicalDigest(headDocument(head)));
  const read = decode(targetsDocument, file, "channel");
  assert.ok(read.ok);
  assert.deepEqual(structuredClone(read.value), file);
});

test("what belongs to heads that do not change is kept to the byte", () => {
  const before = nextChannel(
    undefined,
    byPath(nextHead(undefined, place, releaseEntry(1)), nextHead(undefined, arm, releaseEntry(1))),
    expires,
  );
  const after = nextChannel(before, byPath(nextHead(undefined, place, releaseEntry(2))), expires);
  const ofArm = (file: typeof before): unknown =>
    Object.entries(file.targets).filter(([path]) => path.startsWith("stable/hello/linux-arm64/"));
  assert.equal(after.version, 2);
  assert.deepEqual(ofArm(after), ofArm(before));
  assert.equal(after.targets["stable/hello/linux-x64/hello-1-linux-x64.tar.zst"], undefined, "what left the head leaves the file");
});

test("attack: an artifact that calls itself head.json does not become the head", () => {
  const { body, ...rest } = releaseEntry(1);
  const artifacts = body.artifacts.map((artifact) => ({ ...artifact, name: "head.json" }));
  const head = nextHead(undefined, place, { ...rest, body: { ...body, artifacts } });
  const file = nextChannel(undefined, byPath(head), expires);
  assert.equal(file.targets["stable/hello/linux-x64/head.json"]?.hashes.sha256, canonicalDigest(headDocument(head)));
});

test("the same input makes the same file", () => {
  const heads = byPath(nextHead(undefined, place, releaseEntry(1)));
  assert.equal(canonicalDigest(nextChannel(undefined, heads, expires)), canonicalDigest(nextChannel(undefined, heads, expires)));
});
