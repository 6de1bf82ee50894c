// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { changesText } from "./review-text.ts";
import { table } from "./table.ts";
import { refusalText, trailText } from "./text.ts";

test("a table's columns are as wide as their widest cell, styled or not", () => {
  const rows = [
    [["red", "wide cell"], "x"],
    ["y", "z"],
  ] as const;
  assert.deepEqual(stripVTControlCharacters(table(["a", "b"], rows)).split("\n"), ["a          b", "wide cell  x", "y          z"]);
});

test("attack: names and texts of a release that would move the cursor, hide a line or reverse what is read", () => {
  const evil = "harmless\x1b[2K\r\u2028\u202egnp.exe";
  const file = { path: evil, mode: 0o755, length: 1, sha256: "0".repeat(64) };
  const review = { body: { _type: "release" }, changes: [{ kind: "added", platform: "linux-x64", path: evil, after: file }] };
  const refusal = { code: evil, expected: evil, found: evil, remedy: evil };
  const shown = [
    changesText(review as unknown as Parameters<typeof changesText>[0]),
    refusalText(refusal),
    trailText([{ check: evil, source: "", expected: evil, found: evil, refusal }]),
  ];
  for (const line of shown.flatMap((text) => stripVTControlCharacters(text).split("\n"))) {
    assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Zl}]/u);
  }
  assert.match(shown.join(), /harmless \[2K {3}gnp\.exe/);
});
