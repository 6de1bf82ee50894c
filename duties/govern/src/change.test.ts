// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "@countersign/trust/digest";
import type { Statement } from "@countersign/trust/release/statement";
import { changesOf, orderChanges } from "./change.ts";

const artifact = { platform: "linux-x64", name: "hello-1.tar.zst", length: 10, sha256: sha256(Buffer.from("1")), unpacked: 20, files: 2 };
const before: Statement = {
  _type: "release",
  spec: "countersign/1",
  product: "hello",
  version: "1.0.0",
  channel: "stable",
  sequence: 1,
  predecessor: null,
  epoch: 0,
  urgent: false,
  minimumSequence: 0,
  artifacts: [artifact],
  provenance: [sha256(Buffer.from("provenance"))],
  privileges: ["network", "files"],
  health: { command: ["bin/hello"], expect: null, timeoutSeconds: 10, attempts: 3 },
  rollout: { overSeconds: 0 },
};
const builders = { before: ["ci"], after: ["ci"] };
const fieldsOf = (after: Partial<Statement>, by = builders): string[] =>
  changesOf(before, { ...before, ...after }, by).map(({ field }) => field);

test("nothing changed is no change, also when a list is in another order", () => {
  assert.deepEqual(fieldsOf({ sequence: 2, privileges: ["files", "network"] }), []);
});

test("each thing that people must see is a change of its own, with what it was and what it is", () => {
  assert.deepEqual(fieldsOf({ version: "1.1.0", epoch: 1, urgent: true }), ["version", "epoch", "urgent"]);
  assert.deepEqual(fieldsOf({ health: { ...before.health, attempts: 1 } }), ["health"]);
  assert.deepEqual(fieldsOf({}, { before: ["ci"], after: ["ci", "other"] }), ["builders"]);
  assert.deepEqual(changesOf(before, { ...before, privileges: ["files", "network", "root"] }, builders), [
    { field: "privileges", before: ["files", "network"], after: ["files", "network", "root"] },
  ]);
});

test("attack: bytes exchanged under the same name, and a platform that disappears", () => {
  assert.deepEqual(fieldsOf({ artifacts: [{ ...artifact, sha256: sha256(Buffer.from("2")) }] }), ["artifacts.linux-x64"]);
  const moved = changesOf(before, { ...before, artifacts: [{ ...artifact, platform: "linux-arm64" }] }, builders);
  assert.deepEqual(
    moved.map(({ field, before, after }) => [field, before === null, after === null]),
    [
      ["artifacts.linux-arm64", true, false],
      ["artifacts.linux-x64", false, true],
    ],
  );
});

test("where there was no release, everything is new", () => {
  const first = changesOf(undefined, before, { before: [], after: ["ci"] });
  assert.ok(first.length >= 9);
  assert.ok(first.every((change) => change.before === null));
});

test("an order changes where devices go", () => {
  const [release, to] = [sha256(Buffer.from("a")), sha256(Buffer.from("b"))];
  const order = {
    _type: "order",
    spec: "countersign/1",
    action: "recall",
    product: "hello",
    channel: "stable",
    number: 1,
    release,
    to,
    denials: [],
    overSeconds: null,
    reason: "bad",
  } as const;
  assert.deepEqual(orderChanges(order), [{ field: "recall", before: release, after: to }]);
});
