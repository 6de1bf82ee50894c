// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { list, parseFields, port, text, whole } from "./config.ts";

type Config = { port: number; state: string; names: readonly string[]; quorum: number };
const read = (json: unknown) => parseFields<Config>(json, { port, state: text, names: list(text), quorum: whole(1) });
const good = { port: 0, state: "a.sqlite", names: ["x", "y"], quorum: 2 };

test("a whole configuration is read", () => {
  assert.deepEqual(read(good), { ok: true, value: good });
});

test("missing, wrong and unknown keys are refused, by name", () => {
  const found = (json: unknown) => {
    const outcome = read(json);
    return outcome.ok ? "ok" : outcome.refusal.found;
  };
  assert.equal(found({ ...good, port: "80" }), 'port: "80"');
  assert.equal(found({ ...good, port: 65_536 }), "port: 65536");
  assert.equal(found({ ...good, quorum: 0 }), "quorum: 0");
  assert.equal(found({ ...good, names: ["x", ""] }), 'names: ""');
  assert.equal(found({ ...good, names: "x" }), 'names: "x"');
  assert.equal(found({ port: 0, names: [], quorum: 1 }), "state: nothing");
  assert.equal(found({ ...good, prot: 1 }), "prot");
  assert.equal(found([]), "object");
  assert.equal(found({ ...good, toString: 1 }), "toString");
});
