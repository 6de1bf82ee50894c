// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { fileName } from "./file-name.ts";

test("plain names stay as they are; separators, dots in front and odd characters are encoded", () => {
  assert.equal(fileName("targets"), "targets");
  assert.equal(fileName("tool-1.2_linux~x64.tar.gz"), "tool-1.2_linux~x64.tar.gz");
  assert.equal(fileName("path/to/a file"), "path%2Fto%2Fa%20file");
  assert.equal(fileName("*?#%"), "%2A%3F%23%25");
});

test("attack: a name that would leave the directory, hide in it or be the directory itself", () => {
  for (const name of ["..", ".", "", "../x", "/etc/passwd", "a/../../x", "..\\x", ".hidden", "a\0b", "C:\\x", "\ud800"]) {
    const path = join("/dir", fileName(name));
    assert.equal(dirname(path), "/dir", JSON.stringify(name));
    assert.doesNotMatch(fileName(name), /^\.|[/\\\0]/);
  }
});

test("any text has a name that a file system takes, and no two have the same", () => {
  const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ minLength: 100, maxLength: 400 }), fc.constant("../".repeat(200)));
  fc.assert(
    fc.property(text, text, (one, other) => {
      assert.match(fileName(one), /^[A-Za-z0-9_~%-][A-Za-z0-9._~%-]{0,230}$/);
      assert.equal(fileName(one) === fileName(other), one.toWellFormed() === other.toWellFormed());
    }),
  );
});
