// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePlace } from "./place.ts";

const place = { custody: "encrypted-file", keyFile: "a.key", passphraseFile: "a.pass" };

test("a place of a key is read when it has exactly the members of its custody", () => {
  assert.deepEqual(parsePlace(place), { ok: true, value: place });
  const wrong: readonly unknown[] = [
    undefined,
    null,
    "a.key",
    {},
    { ...place, custody: "a drawer" },
    { ...place, custody: "constructor" },
    { ...place, keyFile: "" },
    { ...place, keyFile: 7 },
    { custody: "encrypted-file", keyFile: "a.key" },
    { ...place, passphrase: "in the open" },
  ];
  for (const json of wrong) {
    const read = parsePlace(json);
    assert.equal(read.ok ? "accepted" : read.refusal.code, "key-place-malformed", JSON.stringify(json));
  }
});
