// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { servedBytes } from "@countersign/trust/canonical";
import { accept } from "@countersign/trust/refusal";
import { readEdition } from "./edition.ts";
import { fieldOf, readMessage } from "./message.ts";
import { ed25519, PlainRepository } from "./plain-repository.test-support.ts";
import { revise } from "./revise.ts";
import { replaceTopKey } from "./root-edits.ts";

const plain = () => PlainRepository.create({ root: ed25519(), timestamp: ed25519(), snapshot: ed25519(), targets: ed25519() });

test("an edition is read back from the files that it made, over every root", async () => {
  const repository = await plain();
  await repository.rotate("snapshot", ed25519());
  await repository.addTarget("targets", "a", "1");
  const read = async (name: string) => accept(repository.files.get(`metadata/${name}`));
  const edition = await readEdition(read, repository.files.get("metadata/1.root.json") ?? new Uint8Array());
  assert.ok(edition.ok);
  for (const part of ["root", "snapshot", "timestamp"] as const)
    assert.equal(Buffer.compare(edition.value[part] ?? new Uint8Array(), repository.edition[part] ?? new Uint8Array()), 0, part);
});

test("fields that nobody here knows outlive an edit, also those of a file that is not canonical and has more beside what is signed", () => {
  const key = ed25519();
  const old = ed25519();
  const roles = Object.fromEntries(
    ["root", "timestamp", "snapshot", "targets"].map((role) => [role, { "x-role": role, keyids: [old.keyid], threshold: 1 }]),
  );
  const foreign = {
    unsigned: 1,
    signed: {
      version: 4,
      _type: "root",
      "x-root": { z: [1], a: "ü\n" },
      keys: { [old.keyid]: { ...old.tuf, "x-key": true } },
      roles,
      expires: "2030-01-01T00:00:00Z",
    },
    signatures: [{ keyid: old.keyid, sig: "00" }],
  };
  const read = readMessage(Buffer.from(JSON.stringify(foreign, null, 2)), "root");
  assert.ok(read.ok, JSON.stringify(read));
  const next = revise(read.value.message, "2031-01-01T00:00:00Z", replaceTopKey(read.value.message, old.keyid, { key: key.tuf }));
  assert.deepEqual(JSON.parse(Buffer.from(servedBytes(fieldOf(next))).toString()), {
    ...foreign.signed,
    version: 5,
    expires: "2031-01-01T00:00:00Z",
    keys: { [key.keyid]: key.tuf },
    roles: Object.fromEntries(Object.entries(roles).map(([role, said]) => [role, { ...said, keyids: [key.keyid] }])),
  });
});
