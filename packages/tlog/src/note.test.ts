// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatNote, MAX_NOTE_BYTES, MAX_SIGNATURES, parseNote } from "./note.ts";

const LINE = "\u2014 log.example AAAAAQUG\n";
const GOOD = `one\n\ntwo\n\n${LINE}`;
const parse = (text: string | Uint8Array) => parseNote(Buffer.from(text));

test("a note is split at its last empty line, and prints as it was", () => {
  const note = parse(GOOD);
  assert.ok(note.ok);
  assert.equal(note.value.text, "one\n\ntwo\n");
  assert.equal(Buffer.from(note.value.textBytes).toString(), "one\n\ntwo\n");
  assert.deepEqual(note.value.signatures, [{ name: "log.example", keyId: 1, payload: Uint8Array.of(5, 6) }]);
  assert.equal(formatNote(note.value.text, note.value.signatures), GOOD);
});

test("the signed bytes are the bytes that came, also beyond ASCII", () => {
  const note = parse(`\ufeffpäckchen 💥\n\n${LINE}`);
  assert.ok(note.ok);
  assert.deepEqual(Buffer.from(note.value.textBytes), Buffer.from("\ufeffpäckchen 💥\n"));
});

test("16 signatures are read, and a crowd is refused", () => {
  assert.equal(parse(`a\n\n${LINE.repeat(16)}`).ok, true);
  assert.equal(parse(`a\n\n${LINE.repeat(MAX_SIGNATURES)}`).ok, true);
  assert.equal(parse(`a\n\n${LINE.repeat(MAX_SIGNATURES + 1)}`).ok, false);
});

test("every other form of a note is refused", () => {
  const bad: Record<string, string | Uint8Array> = {
    "no empty line": `one\n${LINE}`,
    "no signature": "one\n\n",
    "open last line": GOOD.slice(0, -1),
    "an empty line after the signatures": `${GOOD}\n`,
    "a hyphen for the dash": "one\n\n- log.example AAAAAQUG\n",
    "two spaces": "one\n\n\u2014  log.example AAAAAQUG\n",
    "a third word": "one\n\n\u2014 log.example AAAAAQUG x\n",
    "a plus in the name": "one\n\n\u2014 log+example AAAAAQUG\n",
    "a Unicode space in the name": "one\n\n\u2014 log\u00a0example AAAAAQUG\n",
    "a next-line character in the name": "one\n\n\u2014 log\u0085example AAAAAQUG\n",
    "no name": "one\n\n\u2014  AAAAAQUG\n",
    "a key id alone": "one\n\n\u2014 log.example AAAAAQ==\n",
    "loose base64": "one\n\n\u2014 log.example AAAAAQU\n",
    "a tab": `o\tne\n\n${LINE}`,
    "a carriage return": `one\r\n\n${LINE}`,
    "a NUL": `one\0\n\n${LINE}`,
    "broken UTF-8": Buffer.concat([Buffer.of(0xff), Buffer.from(GOOD)]),
    "too long": `${"a".repeat(MAX_NOTE_BYTES)}${GOOD}`,
    empty: "",
  };
  for (const [what, text] of Object.entries(bad)) assert.equal(parse(text).ok, false, what);
});
