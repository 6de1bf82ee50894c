// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { findingOf } from "./finding.ts";
import { kinds } from "./kinds.ts";
import { ocsfOf } from "./ocsf.ts";

// What OCSF 1.4.0 requires of a Detection Finding (class 2004): of the class, of its objects, and that its numbers agree with its names.
const required = ["activity_id", "category_uid", "class_uid", "finding_info", "metadata", "severity_id", "time", "type_uid"] as const;
const captions = ["", "Informational", "Low", "Medium", "High", "Critical"];

for (const kind of kinds)
  test(`a finding of ${kind.name} goes out as a whole Detection Finding, with what it means and what to do`, () => {
    const evidence = { digest: "3f", product: "hello", version: "1.0.0", channel: "stable" };
    const said = ocsfOf(findingOf(kind, { about: ["x"], evidence }, 1_780_000_000_000));
    for (const attribute of required) assert.notEqual(said[attribute], undefined, attribute);
    assert.equal(said.type_uid, said.class_uid * 100 + said.activity_id);
    assert.equal(Math.floor(said.class_uid / 1000), said.category_uid);
    assert.equal(captions[said.severity_id], said.severity);
    assert.ok(said.metadata.version.length > 0 && said.metadata.product.name !== "" && said.metadata.product.version !== "");
    const { uid, title, desc, types, analytic, created_time } = said.finding_info;
    assert.ok(uid.length === 64 && title !== "" && types.length === 1 && analytic.type_id === 1 && created_time === said.time);
    assert.ok(desc.length > 20 && desc !== title && said.remediation.desc.length > 20);
    assert.ok(said.evidences.every(({ data }) => data === evidence));
    assert.deepEqual(said.resources, [{ uid: "3f", name: "hello 1.0.0 stable", type: "release" }]);
    assert.deepEqual([said.status_id, said.is_alert], [1, said.severity_id >= 4]);
  });

test("a suppressed finding says so, and by whom, why and until when", () => {
  const [kind] = kinds;
  assert.ok(kind !== undefined);
  const suppression = { owner: "ann", reason: "looked at", expires: "2026-07-01T00:00:00Z", detector: kind.name };
  const said = ocsfOf(findingOf(kind, { about: [], evidence: {} }, 1), suppression);
  assert.deepEqual([said.status_id, said.status, said.comment], [3, "Suppressed", "looked at (ann, until 2026-07-01T00:00:00Z)"]);
});

test("no two kinds of finding have one name", () => {
  assert.equal(new Set(kinds.map(({ name }) => name)).size, kinds.length);
});
