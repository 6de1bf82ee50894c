// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDecimal } from "./decimal.ts";

test("numbers: only plain decimal up to 2^53-1 is read", () => {
  assert.equal(parseDecimal("0"), 0);
  assert.equal(parseDecimal("9007199254740991"), Number.MAX_SAFE_INTEGER);
  for (const text of [
    "",
    " 7",
    "7 ",
    "007",
    "00",
    "-1",
    "+1",
    "0x10",
    "1e3",
    "1.0",
    "9007199254740992",
    "99999999999999999999",
    "٣",
    "7\n",
  ]) {
    assert.equal(parseDecimal(text), undefined, JSON.stringify(text));
  }
});
