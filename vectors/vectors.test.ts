// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { vectorFiles } from "./files.ts";
import { expectation, textAt, textOf, type Vector } from "./vector.ts";

for (const { path, cases, answer } of vectorFiles) {
  const vectors = JSON.parse(textAt(path)) as readonly Vector<unknown>[];

  test(`${path} is what its generator makes`, async () => {
    assert.ok(textOf(await cases()) === textAt(path), "run: node launch.js vectors/write.ts"); // a difference would fill many screens
  });

  for (const { description, given, expect } of vectors)
    test(`${path}: ${description}`, async () => {
      assert.deepEqual(expectation(await answer(given), expect), expect);
    });
}
