// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TreeManifest } from "@countersign/updater/tree";
import { fileChanges } from "./file-changes.ts";

function tree(files: Readonly<Record<string, readonly [mode: number, content: string]>>): TreeManifest {
  return { files: Object.entries(files).map(([path, [mode, sha256]]) => ({ path, mode, length: sha256.length, sha256 })) };
}

test("every difference between two trees is named once: added, removed, changed, and a mode alone", () => {
  const before = tree({ "bin/hello": [0o755, "one"], "lib/old": [0o644, "o"], "share/run": [0o644, "r"], same: [0o644, "s"] });
  const after = tree({ "bin/hello": [0o755, "two"], "lib/new": [0o644, "n"], "share/run": [0o755, "r"], same: [0o644, "s"] });
  assert.deepEqual(
    fileChanges("linux-x64", before, after).map(({ kind, path, before, after }) => [kind, path, before?.mode, after?.mode]),
    [
      ["changed", "bin/hello", 0o755, 0o755],
      ["added", "lib/new", undefined, 0o644],
      ["removed", "lib/old", 0o644, undefined],
      ["mode", "share/run", 0o644, 0o755],
    ],
  );
});

test("a tree has no difference from itself, and everything is new against nothing", () => {
  const some = tree({ a: [0o644, "a"], b: [0o755, "b"] });
  assert.deepEqual(fileChanges("linux-x64", some, some), []);
  assert.deepEqual(
    fileChanges("linux-x64", { files: [] }, some).map(({ kind }) => kind),
    ["added", "added"],
  );
});
