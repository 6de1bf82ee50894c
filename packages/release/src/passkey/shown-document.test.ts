// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalBytes } from "@countersign/trust/canonical";
import fc from "fast-check";
import { shownDocument } from "./shown-document.ts";

const act = {
  _type: "act",
  spec: "countersign/1",
  act: "window.request",
  subject: "stable",
  body: { reason: 'two\nlines, "quoted"', releases: 1, pin: { kind: "oidc", claims: {} } },
};

test("a page shows every member of the document that is signed, from the very bytes", () => {
  const { title, lead, sections } = shownDocument(canonicalBytes(act), "ann");
  assert.equal(title, "Sign window.request: stable");
  assert.match(lead, /^You are ann\./);
  assert.deepEqual(
    new Map(sections.flatMap(({ facts = [] }) => facts)),
    new Map([
      ["_type", "act"],
      ["act", "window.request"],
      ["body.pin.claims", "{}"],
      ["body.pin.kind", "oidc"],
      ["body.reason", 'two\nlines, "quoted"'],
      ["body.releases", "1"],
      ["spec", "countersign/1"],
      ["subject", "stable"],
    ]),
  );
  const denial = { kind: "release", name: "ab".repeat(32), since: 1, until: null, reason: "leaks" };
  const denying = shownDocument(canonicalBytes({ _type: "denial-request", spec: "countersign/1", revoker: "revoke-ann", denial }), "ann");
  assert.equal(denying.title, `Sign that revoke-ann is to deny ${"ab".repeat(32)}`);
});

test("attack: no character of a reason hides what else is said, or keeps the page from being shown", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (reason) => {
      const facts = shownDocument(canonicalBytes({ ...act, body: { reason } }), "ann").sections[0]?.facts;
      assert.deepEqual(facts?.find(([name]) => name === "body.reason")?.[1], reason);
      assert.equal(facts?.length, 5);
    }),
  );
});

test("attack: a release is not approved on a page that shows no review", () => {
  const approval = { _type: "approval", spec: "countersign/1", decision: "approve", subject: "release", digest: "ab".repeat(32) };
  assert.throws(() => shownDocument(canonicalBytes(approval), "ann"), /no page shows/);
});
