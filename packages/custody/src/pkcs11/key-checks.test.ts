// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeKey, type KeyAttributes, keyChecks } from "./key-checks.ts";

const confined: KeyAttributes = { sensitive: true, alwaysSensitive: true, extractable: false, neverExtractable: true, local: true };

test("a key is refused for each thing by itself that it is not, or that its token does not say", () => {
  assert.equal(judgeKey("k", confined).ok, true);
  for (const { attribute, wanted } of keyChecks) {
    for (const said of [!wanted, undefined]) {
      const other = { ...confined, [attribute]: said };
      const judged = judgeKey("k", other);
      assert.equal(judged.ok ? "" : judged.refusal.code, "key-not-confined");
      assert.equal(
        judgeKey(
          "k",
          other,
          keyChecks.filter((check) => check.attribute !== attribute),
        ).ok,
        true,
      );
    }
  }
});
