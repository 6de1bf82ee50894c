// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { delegate } from "./delegation-edits.ts";
import { firstTargets } from "./first.ts";
import { ed25519, expires, PlainRepository } from "./plain-repository.test-support.ts";
import { removeTarget } from "./target-edits.ts";
import { type Marks, reachableMetadata, reachableTargets, sweep } from "./unreachable.ts";

const DAY = 86_400_000;
const plain = () => PlainRepository.create({ root: ed25519(), timestamp: ed25519(), snapshot: ed25519(), targets: ed25519() });
const below = (prefix: string, { files }: PlainRepository): readonly string[] =>
  [...files.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));

test("what no client is led to any more is deleted after the grace, and every root stays", async () => {
  const repository = await plain();
  await repository.rotate("timestamp", ed25519());
  await repository.addTarget("targets", "a/one", "1");
  const stored = below("metadata/", repository);
  const reachable = reachableMetadata(repository.edition);
  assert.deepEqual([...reachable].sort(), ["1.root.json", "2.root.json", "2.targets.json", "3.snapshot.json", "timestamp.json"]);
  const first = sweep(stored, reachable, new Map(), 0, DAY);
  assert.deepEqual(first.remove, [], "a client that has just begun reads the files of before");
  assert.deepEqual([...first.marks.keys()].sort(), ["1.snapshot.json", "1.targets.json", "2.snapshot.json"]);
  assert.deepEqual(sweep(stored, reachable, first.marks, DAY - 1, DAY).remove, []);
  assert.deepEqual([...sweep(stored, reachable, first.marks, DAY, DAY).remove].sort(), [
    "1.snapshot.json",
    "1.targets.json",
    "2.snapshot.json",
  ]);
});

test("targets are kept as long as one role lists them, and what is listed again loses its mark", async () => {
  const repository = await plain();
  await repository.addTarget("targets", "a/one", "1");
  const listed = new Set(reachableTargets(repository.role("targets")));
  assert.deepEqual([...listed], below("targets/", repository));
  await repository.edit("targets", [removeTarget("a/one")]);
  const without = new Set(reachableTargets(repository.role("targets")));
  const { marks } = sweep(listed, without, new Map(), 0, DAY);
  assert.deepEqual([...marks.keys()], [...listed]);
  assert.deepEqual(sweep(listed, listed, marks, 9 * DAY, DAY), { marks: new Map(), remove: [] });
  assert.deepEqual(sweep(listed, without, marks, 9 * DAY, DAY).remove, [...listed]);
});

test("files that are not named like a version or a digest, and roots of whatever version, are nobody's to delete", () => {
  const stored = ["README", "policy.json", "9.root.json", "a/b", "timestamp.json.bak", "role.json"];
  const { marks } = sweep(stored, new Set(), new Map(), 0, 0);
  assert.deepEqual(sweep(stored, new Set(), marks, DAY, 0).remove, []);
});

test("property: nothing that is reachable is ever deleted, whatever was marked and however long ago", async () => {
  const repository = await plain();
  const key = ed25519();
  repository.keys.set("team/x", [key]);
  await repository.publish(new Map([["team/x", firstTargets(expires)]]));
  await repository.edit(
    "targets",
    delegate(repository.role("targets"), { name: "team/x", keys: [key.tuf], threshold: 1, terminating: true, paths: ["x/*"] }),
  );
  const stored = below("metadata/", repository);
  assert.ok(stored.includes("1.team%2Fx.json"));
  const reachable = reachableMetadata(repository.edition);
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...stored), fc.integer()), fc.integer(), fc.nat(), (marked, now, grace) => {
      const marks: Marks = new Map(Object.entries(marked));
      const { remove, marks: next } = sweep(stored, reachable, marks, now, grace);
      for (const name of remove) assert.ok(!reachable.has(name) && marks.has(name), name);
      for (const name of next.keys()) assert.ok(!reachable.has(name), name);
    }),
  );
});
