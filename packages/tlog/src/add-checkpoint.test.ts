// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAddCheckpoint, MAX_ADD_CHECKPOINT_BYTES, parseAddCheckpoint } from "./add-checkpoint.ts";
import { EMPTY_ROOT } from "./hash.ts";

const HASH = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const NOTE = "o\n3\nroot\n\nsignature\n";
const parse = (text: string) => parseAddCheckpoint(Buffer.from(text));

test("a request prints as it was, with and without a proof", () => {
  for (const text of [`old 0\n\n${NOTE}`, `old 2\n${HASH}\n${HASH}\n\n${NOTE}`]) {
    const request = parse(text);
    assert.ok(request.ok);
    assert.equal(Buffer.from(formatAddCheckpoint(request.value)).toString(), text);
  }
  assert.deepEqual(parse(`old 2\n${HASH}\n\nx`), { ok: true, value: { old: 2, proof: [EMPTY_ROOT], note: Buffer.from("x") } });
});

test("every other form of a request is refused", () => {
  for (const text of [
    "",
    `old 0\n${NOTE.replaceAll("\n\n", "\n")}`,
    `new 0\n\n${NOTE}`,
    `old 01\n\n${NOTE}`,
    `old\n\n${NOTE}`,
    `old 2\n${HASH.slice(1)}\n\n${NOTE}`,
    `old 2\nAAAA\n\n${NOTE}`,
    `old 2\n${`${HASH}\n`.repeat(64)}\n${NOTE}`,
    `old 2\n\n${"a".repeat(MAX_ADD_CHECKPOINT_BYTES)}`,
  ]) {
    assert.equal(parse(text).ok, false, JSON.stringify(text.slice(0, 80)));
  }
  assert.equal(parse(`old 2\n${`${HASH}\n`.repeat(63)}\n${NOTE}`).ok, true);
});
