// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createKey } from "@countersign/custody/encrypted-file";
import { readAttested } from "@countersign/trust/build/attested";
import { dsseSignedBy, readDsse } from "@countersign/trust/build/dsse";

import { sha256 } from "@countersign/trust/digest";
import { attest, provenanceOf } from "./attest.ts";

const directory = mkdtempSync(join(tmpdir(), "attest-"));
after(() => rmSync(directory, { recursive: true }));
const build = {
  artifacts: [{ name: "hello.tar.zst", sha256: sha256(Buffer.from("bytes")) }],
  source: "git+https://git.example/hello",
  commit: "0123456789abcdef0123456789abcdef01234567",
  parameters: { workflow: { path: "release.yml", ref: "refs/heads/main" }, retries: 2 },
  buildType: "https://build.example/v1",
  builderId: "https://build.example/runner",
  ref: "refs/heads/main",
  repositoryId: "42",
  ownerId: "7",
  runnerEnvironment: "hosted",
  eventName: "push",
};

for (const algorithm of ["ed25519", "ecdsa-p256"] as const) {
  test(`provenance signed with ${algorithm} reads back whole, and verifies with that key alone`, async () => {
    const key = await createKey(join(directory, `${algorithm}.key`), "a passphrase", algorithm);
    const other = await createKey(join(directory, `${algorithm}-other.key`), "a passphrase", algorithm);
    const envelope = readDsse(await attest({ ...build, key }));
    assert.ok(envelope.ok);
    assert.equal(dsseSignedBy(envelope.value, key.tuf), true);
    assert.equal(dsseSignedBy(envelope.value, other.tuf), false);
    assert.deepEqual(structuredClone(readAttested(envelope.value)), { ok: true, value: provenanceOf(build) });
  });
}

test("attack: provenance whose payload was changed after signing verifies with nobody's key", async () => {
  const key = await createKey(join(directory, "changed.key"), "a passphrase", "ed25519");
  const envelope = readDsse(await attest({ ...build, key }));
  assert.ok(envelope.ok);
  const payload = Buffer.from(Buffer.from(envelope.value.payload).toString().replace("refs/heads/main", "refs/heads/evil"));
  assert.equal(dsseSignedBy({ ...envelope.value, payload }, key.tuf), false);
});
