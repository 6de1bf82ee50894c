// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../check.ts";
import { decode } from "../decode.ts";
import { people, policyOf, targetsOf } from "../founding.test-support.ts";
import { codeOf, digestOf, must } from "../simulator.test-support.ts";
import { targets } from "../tuf/targets.ts";
import { policyChecks } from "../workflow/policy.ts";
import { type ChannelRules, type Policy, policy, principalOf } from "./policy.ts";

const { alice, bob, carol, publisher, builder, revoker } = people;
const base = policyOf();
const rules = base.channels["stable"] as ChannelRules;
const accepts = (change: object): boolean => decode(policy, { ...base, ...change }, "policy").ok;
const withRules = (change: object): boolean => accepts({ channels: { stable: { ...rules, ...change } } });

test("a policy whose people can fill its quorums", () => {
  assert.equal(accepts({}), true);
  assert.equal(withRules({ approvals: 2, urgent: { soakSeconds: 900, extraApprovals: 0 } }), true);
});

test("attack: a policy that its people cannot fill, or whose keys nobody holds", () => {
  assert.equal(withRules({ approvals: 2 }), false); // an urgent release would need three
  assert.equal(withRules({ approvals: 0 }), false);
  assert.equal(withRules({ freshRevokers: 2 }), false);
  assert.equal(withRules({ freshRevokers: 0 }), false);
  assert.equal(withRules({ builders: { ...rules.builders, quorum: 2 } }), false);
  assert.equal(withRules({ builders: { quorum: 1, trusted: [] } }), false);
  assert.equal(withRules({ urgent: { soakSeconds: 7200, extraApprovals: 0 } }), false);
  assert.equal(withRules({ soakSeconds: 0 }), false);
  assert.equal(withRules({ approvers: [alice.keyid, alice.keyid] }), false);
  for (const stranger of [digestOf("x"), "constructor", "toString"]) {
    assert.equal(withRules({ proposers: [stranger] }), false, stranger);
    assert.equal(accepts({ revokers: { security: stranger } }), false, stranger);
  }
  assert.equal(accepts({ revokers: { a: revoker.keyid, b: revoker.keyid } }), false);
  assert.equal(accepts({ holders: { ...base.holders, [publisher.keyid]: base.holders[alice.keyid] } }), false);
});

test("attack: approvers of one owner, who count as one", () => {
  const holders = { ...base.holders, [bob.keyid]: { key: bob.key, holder: "bob", owner: "alice" } };
  assert.equal(accepts({ holders }), false);
  assert.equal(accepts({ holders, separation: "key" }), true);
});

test("a key counts for its owner, or for its holder where only keys are separate; an unknown one for nobody", () => {
  const holders = { ...base.holders, [bob.keyid]: { key: bob.key, holder: "laptop", owner: "alice" } };
  const of = (separation: Policy["separation"], keyid: string) =>
    principalOf({ ...must(decode(policy, base, "it")), holders, separation }, keyid);
  assert.equal(of("owner", bob.keyid), "alice");
  assert.equal(of("key", bob.keyid), "laptop");
  assert.equal(of("owner", digestOf("x")), undefined);
  assert.equal(of("owner", "constructor"), undefined);
});

test("attack: build and sign in one hand, an older policy, and other bytes than those that were signed", () => {
  const held = must(decode(policy, base, "policy"));
  const top = must(decode(targets, targetsOf(), "targets"));
  const bytes = Buffer.from("policy");
  const code = (candidate: Policy, by: typeof top = top, digest = digestOf("policy")) =>
    codeOf(
      judge(
        {
          candidate: { policy: candidate, bytes, digest },
          listed: { length: bytes.length, hashes: { sha256: digestOf("policy") } },
          targets: by,
          held: { ...held, version: 2 },
        },
        policyChecks,
      ).outcome,
    );
  const second = { ...held, version: 2 };
  assert.equal(code(second), "accepted");
  assert.equal(code(held), "version-rolled-back");
  assert.equal(code(second, top, digestOf("other")), "digest-mismatch");
  assert.equal(
    code({ ...second, holders: { ...held.holders, [builder.keyid]: { key: builder.key, holder: "ci", owner: "alice" } } }),
    "duties-meet",
  );
  assert.equal(
    code({ ...second, holders: { ...held.holders, [builder.keyid]: { key: builder.key, holder: "ci", owner: "carol" } } }),
    "accepted",
  );
  const odd = must(
    decode(
      targets,
      targetsOf(
        {},
        {
          delegations: {
            keys: { [carol.keyid]: carol.key },
            roles: [{ name: "constructor", keyids: [carol.keyid], threshold: 1, terminating: true, paths: ["x"] }],
          },
        },
      ),
      "it",
    ),
  );
  assert.equal(code(second, odd), "accepted");
});
