// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { matchesPattern } from "./path-pattern.ts";

test("the specification's examples (4.5)", () => {
  for (const [pattern, path, covered] of [
    ["targets/*.tgz", "targets/foo.tgz", true],
    ["targets/*.tgz", "targets/bar.tgz", true],
    ["targets/*.tgz", "targets/foo.txt", false],
    ["foo-version-?.tgz", "foo-version-2.tgz", true],
    ["foo-version-?.tgz", "foo-version-a.tgz", true],
    ["foo-version-?.tgz", "foo-version-alpha.tgz", false],
    ["*.tgz", "foo.tgz", true],
    ["*.tgz", "targets/foo.tgz", false],
    ["foo.tgz", "foo.tgz", true],
    ["foo.tgz", "foo.tgz2", false],
  ] as const)
    assert.equal(matchesPattern(pattern, path), covered, `${pattern} ${path}`);
});

test("attack: a pattern that reaches beyond its segment, or means more than it says", () => {
  for (const [pattern, path] of [
    ["*", "a/b"],
    ["**", "a/b"],
    ["a/*", "a/b/c"],
    ["a?b", "a/b"],
    ["?", ""],
    ["?", "ab"],
    ["[ab]", "a"],
    ["a{b,c}", "ab"],
    ["a.c", "abc"],
    ["a+", "aa"],
    ["\\*", "*"],
    ["README.md", "readme.md"],
    ["", "a"],
  ] as const)
    assert.equal(matchesPattern(pattern, path), false, `${pattern} ${path}`);
  for (const same of ["[ab]", "a{b,c}", "a.c$", "^(", "a+", "\\"]) assert.equal(matchesPattern(same, same), true);
});

test("one ? is one character, however it is encoded", () => {
  assert.equal(matchesPattern("?.txt", "é.txt"), true);
  assert.equal(matchesPattern("?.txt", "😀.txt"), true);
  assert.equal(matchesPattern("??.txt", "😀.txt"), false);
});

/** The plainest way to say what a pattern is; exponential, which is why it is only here. */
function plainly(pattern: string, path: string): boolean {
  if (pattern === "") return path === "";
  const [first, rest] = [pattern.charAt(0), pattern.slice(1)];
  if (first === "*") return plainly(rest, path) || (path !== "" && path[0] !== "/" && plainly(pattern, path.slice(1)));
  if (path === "") return false;
  return (first === "?" ? path[0] !== "/" : first === path[0]) && plainly(rest, path.slice(1));
}

test("it says what the plainest definition says", () => {
  const text = (...letters: readonly string[]) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 9 });
  fc.assert(
    fc.property(text("a", "b", "*", "?", "/"), text("a", "b", "/", "*"), (pattern, path) => {
      assert.equal(matchesPattern(pattern, path), plainly(pattern, path));
    }),
    { numRuns: 5000 },
  );
});

test("attack: a pattern that takes for ever where every star is tried at every place", { timeout: 60_000 }, () => {
  assert.equal(matchesPattern(`${"*a".repeat(500)}b`, "a".repeat(1000)), false);
});
