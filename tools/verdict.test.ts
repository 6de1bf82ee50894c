// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { judge } from "./verdict.ts";

const scratch = mkdtempSync(join(tmpdir(), "verdict-"));
after(() => rmSync(scratch, { recursive: true }));

// NODE_TEST_CONTEXT would make the inner runner speak to ours
function tapOf(name: string, source: string): string {
  writeFileSync(join(scratch, `${name}.test.mjs`), source);
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  const args = ["--test", "--test-reporter=tap", join(scratch, `${name}.test.mjs`)];
  return spawnSync(process.execPath, args, { encoding: "utf8", env }).stdout;
}

test("a run with no test is no success, nor is a file with none", () => {
  assert.match(judge(tapOf("none", ""), false) ?? "", /Files without a test:\n.*none\.test\.mjs/);
  assert.match(judge("TAP version 13\n1..0\n# tests 0\n# pass 0\n", false) ?? "", /No test ran/);
  assert.match(judge("", false) ?? "", /No test ran/);
});

test("skipped tests are errors in CI, by name, and nowhere else", () => {
  const source = `
    import { suite, test } from "node:test";
    test("runs", () => {});
    suite("inner", () => test("needs a disk", { skip: "no tmpfs" }, () => {}));
    test.todo("some day");
  `;
  const tap = tapOf("skips", source);
  assert.equal(judge(tap, false), undefined);
  const complaint = judge(tap, true) ?? "";
  assert.match(complaint, /needs a disk # SKIP no tmpfs/);
  assert.match(complaint, /some day # TODO/);
  assert.equal(judge(tapOf("all", 'import { test } from "node:test"; test("runs", () => {});'), true), undefined);
});
