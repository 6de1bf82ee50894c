// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf } from "@countersign/trust/simulator.test-support";
import { findingOf } from "./finding.ts";
import { readSuppressions, type Suppression, suppressedBy } from "./suppression.ts";

const now = Date.parse("2026-06-01T00:00:00Z");
const whole = {
  owner: "ann",
  reason: "a rewrite, looked at",
  expires: "2026-07-01T00:00:00Z",
  detector: "package-drift",
  product: "hello",
};
const read = (...suppressions: readonly object[]) =>
  readSuppressions(Buffer.from(JSON.stringify({ _type: "suppressions", spec: "countersign/1", suppressions })), now);
const finding = (detector: string, product = "hello") =>
  findingOf({ name: detector, severity: "High", title: "t" }, { about: [product], evidence: { product, channel: "stable" } }, 1);

test("a suppression has an owner, a reason and an expiry, and says what it is about", () => {
  assert.equal(codeOf(read(whole)), "accepted");
  for (const missing of ["owner", "reason", "expires", "detector"])
    assert.equal(codeOf(read({ ...whole, [missing]: undefined })), "malformed-document", missing);
  for (const reason of ["", "   "]) assert.equal(codeOf(read({ ...whole, reason })), "malformed-document");
});

test("attack: a suppression without an end, or with a field that nobody reads", () => {
  assert.equal(codeOf(read({ ...whole, expires: "9999-12-31T23:59:59Z" })), "suppression-too-long");
  assert.equal(codeOf(read({ ...whole, severity: "Low" })), "malformed-document");
});

test("it silences what it names, and nothing else, until its last second", () => {
  const all: readonly Suppression[] = [whole];
  assert.equal(suppressedBy(finding("package-drift"), all, now)?.owner, "ann");
  assert.equal(suppressedBy(finding("package-drift", "other"), all, now), undefined);
  assert.equal(suppressedBy(finding("unapproved-entry"), all, now), undefined);
  const end = Date.parse(whole.expires);
  assert.deepEqual(
    [suppressedBy(finding("package-drift"), all, end - 1)?.owner, suppressedBy(finding("package-drift"), all, end)],
    ["ann", undefined],
  );
});
