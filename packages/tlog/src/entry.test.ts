// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { ENTRY_TYPES, type Entry, encodeEntry, parseEntry } from "./entry.ts";

const DIGEST = "ab".repeat(32);
const APPROVALS = "cd".repeat(32);
const text = (entry: Entry) => Buffer.from(encodeEntry(entry)).toString();

test("an entry prints as canonical JSON and parses back, for every type", () => {
  assert.equal(text({ type: "root", digest: DIGEST }), `{"digest":"${DIGEST}","type":"root"}`);
  assert.equal(
    text({ type: "order", digest: DIGEST, approvals: APPROVALS }),
    `{"approvals":"${APPROVALS}","digest":"${DIGEST}","type":"order"}`,
  );
  for (const type of ENTRY_TYPES) {
    const entry: Entry = type === "release" || type === "order" ? { type, digest: DIGEST, approvals: APPROVALS } : { type, digest: DIGEST };
    assert.deepEqual(parseEntry(encodeEntry(entry)), { ok: true, value: entry });
  }
});

test("a release without approvals, approvals on anything else, and every second spelling are refused", () => {
  for (const json of [
    `{"digest":"${DIGEST}","type":"release"}`,
    `{"approvals":"${APPROVALS}","digest":"${DIGEST}","type":"root"}`,
    `{"type":"root","digest":"${DIGEST}"}`,
    `{"digest":"${DIGEST}", "type":"root"}`,
    `{"digest":"${DIGEST.toUpperCase()}","type":"root"}`,
    `{"digest":"${DIGEST}","type":"other"}`,
    `{"digest":"${DIGEST}","digest":"${DIGEST}","type":"root"}`,
    `{"digest":"${DIGEST}","type":"root","x":1}`,
    `{"digest":"${DIGEST}","type":"root"}\n`,
    `{"digest":"${DIGEST.slice(2)}","type":"root"}`,
    "{}",
    "",
  ]) {
    assert.equal(parseEntry(Buffer.from(json)).ok, false, json);
  }
});
