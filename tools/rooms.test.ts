// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { rooms, root, sources } from "./sources.ts";

const MAX_LINES = 400;
const MEDIAN_LINES = 90;

const files = sources();
const lines = (text: string): number => text.split("\n").length - 1;

test("every room says what it is, and every duty what an attacker who owns it can do", () => {
  const silent = rooms().filter((room) => {
    const readme = join(root, room, "README.md");
    const text = existsSync(readme) ? readFileSync(readme, "utf8") : "";
    return text === "" || (room.startsWith("duties/") && !/An attacker who owns/.test(text));
  });
  assert.deepEqual(silent, []);
});

test("files are small: none over 400 lines, half of the source under 90", () => {
  assert.deepEqual(
    files.filter(({ text }) => lines(text) > MAX_LINES).map(({ path }) => path),
    [],
  );
  const sizes = files
    .filter(({ isTest }) => !isTest)
    .map(({ text }) => lines(text))
    .sort((a, b) => a - b);
  assert.ok((sizes[sizes.length >> 1] ?? 0) < MEDIAN_LINES);
});

test("every file says its licence first", () => {
  assert.deepEqual(
    files.filter(({ text }) => !/^(#!.*\n)?\/\/ SPDX-License-Identifier: Apache-2\.0\n/.test(text)).map(({ path }) => path),
    [],
  );
});

test("a file is named by its noun, not by a drawer", () => {
  assert.deepEqual(
    files.filter(({ path }) => /(^|[/.-])(utils?|helpers?|managers?|common|misc)([/.-]|$)/i.test(path)).map(({ path }) => path),
    [],
  );
});
