// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createKey } from "@countersign/custody/encrypted-file";
import { verifySignature } from "@countersign/trust/key";
import { readSidecar, sidecarMessage } from "@countersign/trust/sidecar";
import { joinSidecars, sidecarBytes, signSidecar } from "./sidecar.ts";

test("owners sign apart with ML-DSA keys from custody, and their parts make one sidecar in whatever order they come", async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), "sidecar-"));
  const [ann, ben] = await Promise.all(
    (["ml-dsa-65", "ml-dsa-87"] as const).map((algorithm) => createKey(join(directory.path, algorithm), "a passphrase", algorithm)),
  );
  assert.ok(ann && ben);
  const file = { message: Buffer.from('{"_type":"targets"}') };
  const [one, other] = [await signSidecar("stable", file, [ann]), await signSidecar("stable", file, [ben, ann])];
  const joined = joinSidecars([one, other]);
  assert.deepEqual(
    joined.signatures.map(({ keyid }) => keyid),
    [ann.keyid, ben.keyid].sort(),
  );
  assert.deepEqual(
    joinSidecars([other, one]).signatures.map(({ keyid }) => keyid),
    joined.signatures.map(({ keyid }) => keyid),
  );
  const read = readSidecar(sidecarBytes(joined));
  assert.ok(read.ok);
  const message = sidecarMessage("stable", file.message);
  for (const { keyid, sig } of read.value.signatures) assert.ok(verifySignature(keyid === ann.keyid ? ann.tuf : ben.tuf, message, sig));
});
