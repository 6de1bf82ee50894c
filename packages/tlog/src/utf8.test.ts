// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeUtf8 } from "./utf8.ts";

test("attack: two files with one text: bytes that are not UTF-8, and a byte order mark", () => {
  assert.equal(decodeUtf8(Buffer.from("— w1")), "— w1");
  assert.equal(decodeUtf8(Buffer.from([0xef, 0xbb, 0xbf, 0x61])), "\ufeffa");
  for (const bad of [[0xff], [0x61, 0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) assert.equal(decodeUtf8(Buffer.from(bad)), undefined);
});
