// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { findingOf } from "./finding.ts";
import { FindingsFile } from "./findings-file.ts";

const directory = mkdtempSync(join(tmpdir(), "findings-"));
after(() => rmSync(directory, { recursive: true }));

const kind = { name: "test", severity: "Low", title: "A title — with ümlauts" } as const;
const finding = (about: string, time = 1) => findingOf(kind, { about: [about], evidence: {} }, time);

test("what is no kind that is looked for is not kept", () => {
  using findings = new FindingsFile(join(directory, "others.jsonl"), []);
  assert.deepEqual([findings.add([finding("a")]), findings.all], [[], []]);
});

test("each finding once, also after a restart, and a line that a crash cut off is found again", () => {
  const file = join(directory, "findings.jsonl");
  {
    using findings = new FindingsFile(file, [kind]);
    assert.deepEqual(findings.add([finding("a"), finding("b"), finding("a", 2)]).map(({ time }) => time).length, 2);
    assert.deepEqual(findings.add([finding("a", 3)]), []);
  }
  appendFileSync(file, JSON.stringify(finding("c")).slice(0, 40));
  using findings = new FindingsFile(file, [kind]);
  assert.equal(findings.all.length, 2);
  assert.deepEqual(findings.add([finding("b"), finding("c")]), [finding("c")]);
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).id),
    ["a", "b", "c"].map((about) => finding(about).id),
  );
});
