// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createKey } from "@countersign/custody/encrypted-file";
import type { Signature } from "@countersign/trust/envelope";
import { verifySignature } from "@countersign/trust/key";
import { readSidecar, sidecarMessage } from "@countersign/trust/sidecar";
import { joinSidecar, sidecarBytes, signSidecar } from "./sidecar.ts";

await using directory = await mkdtempDisposable(join(tmpdir(), "sidecar-"));
const [ann, ben, eve] = await Promise.all(
  (["ml-dsa-65", "ml-dsa-87", "ml-dsa-44"] as const).map((algorithm) =>
    createKey(join(directory.path, algorithm), "a passphrase", algorithm),
  ),
);
assert.ok(ann && ben && eve);
const repository = "hello.example";
const file = { message: Buffer.from('{"_type":"targets"}') };
const keyids = [ann.keyid, ben.keyid].sort();
const keys = { [ann.keyid]: ann.tuf, [ben.keyid]: ben.tuf };
const demand = { repository, keys, keyids, threshold: 2, ownerOf: (keyid: string) => keyid };
const part = async (...by: readonly (typeof ann)[]): Promise<readonly Signature[]> =>
  (await signSidecar(repository, "stable", file, by)).signatures;
const [byAnn, byBen] = [await part(ann), await part(ben)];
const joined = (...parts: readonly (readonly Signature[])[]) => joinSidecar("stable", file, parts.flat(), [demand]);

test("owners sign apart with ML-DSA keys from custody, and their parts make one sidecar in whatever order they come", () => {
  assert.deepEqual(joined(byAnn, byBen, byAnn), joined(byBen, byAnn));
  const read = readSidecar(sidecarBytes(joined(byBen, byAnn)));
  assert.ok(read.ok);
  assert.deepEqual(
    read.value.signatures.map(({ keyid }) => keyid),
    keyids,
  );
  const message = sidecarMessage(repository, "stable", file.message);
  for (const { keyid, sig } of read.value.signatures) assert.ok(verifySignature(keyid === ann.keyid ? ann.tuf : ben.tuf, message, sig));
});

test("attack: a part with a bogus signature in an owner's name, before or after the owner's own, or a stranger's", async () => {
  const bogus = byAnn.map((signature) => ({ ...signature, sig: "00".repeat(3309) }));
  for (const parts of [
    [bogus, byAnn, byBen],
    [byAnn, byBen, bogus],
    [await part(eve), bogus, byBen, byAnn],
  ])
    assert.deepEqual(joined(...parts), joined(byAnn, byBen));
  const elsewhere = (await signSidecar("other.example", "stable", file, [ann])).signatures;
  assert.deepEqual(joined(elsewhere, byBen).signatures, byBen);
});
