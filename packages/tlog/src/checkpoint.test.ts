// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { EMPTY_ROOT } from "./hash.ts";

const ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

test("a checkpoint prints as it was", () => {
  const text = `countersign.example/log\n0\n${ROOT}\n`;
  const parsed = parseCheckpoint(text);
  assert.deepEqual(parsed, { ok: true, value: { origin: "countersign.example/log", size: 0, root: EMPTY_ROOT } });
  assert.ok(parsed.ok);
  assert.equal(formatCheckpoint(parsed.value), text);
});

test("extension lines of a foreign log are allowed, empty ones are not", () => {
  assert.equal(parseCheckpoint(`o\n1\n${ROOT}\nextension\n`).ok, true);
  assert.equal(parseCheckpoint(`o\n1\n${ROOT}\n\nextension\n`).ok, false);
});

test("every other form of a checkpoint is refused", () => {
  for (const text of [
    "",
    "\n",
    `o\n1\n${ROOT}`,
    `o\n1\n`,
    `\n1\n${ROOT}\n`,
    `o\n01\n${ROOT}\n`,
    `o\n9007199254740992\n${ROOT}\n`,
    `o\n-1\n${ROOT}\n`,
    `o\n1\n${ROOT.slice(0, -1)}\n`,
    `o\n1\nAAAA\n`,
    `o\n1\n${ROOT} \n`,
  ]) {
    assert.equal(parseCheckpoint(text).ok, false, JSON.stringify(text));
  }
});
