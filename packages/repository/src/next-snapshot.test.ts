// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { timestamp } from "@countersign/trust/anchor/timestamp";
import { decode } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { snapshot, snapshotDocumentOf } from "@countersign/trust/tuf/snapshot";
import { nextSnapshot } from "./next-snapshot.ts";
import { nextTimestamp } from "./next-timestamp.ts";

const expires = "2030-01-01T00:00:00Z";
const file = (version: number) => ({ version, bytes: Buffer.from(`file ${version}`) });

test("a snapshot keeps what it listed, and lists what was written with version, length and digest", () => {
  const first = nextSnapshot(undefined, new Map([["targets.json", file(1)]]), expires);
  const second = nextSnapshot(first, new Map([["stable.json", file(7)]]), expires);
  assert.deepEqual(second.meta, {
    "targets.json": { version: 1, length: 6, hashes: { sha256: sha256(Buffer.from("file 1")) } },
    "stable.json": { version: 7, length: 6, hashes: { sha256: sha256(Buffer.from("file 7")) } },
  });
  assert.deepEqual([first.version, second.version], [1, 2]);
  const read = decode(snapshot, second, "snapshot");
  assert.ok(read.ok);
  assert.deepEqual(snapshotDocumentOf(read.value), { ok: true, value: second });
});

test("a timestamp names one snapshot and carries the checkpoint that dates it", () => {
  const first = nextTimestamp(undefined, file(3), "note 1", expires);
  const second = nextTimestamp(first, file(3), "note 2", expires);
  assert.deepEqual([first.version, second.version], [1, 2]);
  assert.deepEqual(second.meta, first.meta);
  assert.equal(second.countersign.checkpoint, "note 2");
  assert.deepEqual(decode(timestamp, second, "timestamp"), { ok: true, value: second });
});
