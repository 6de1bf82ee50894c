// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { targets } from "../anchor/targets.ts";
import { judge } from "../check.ts";
import { decode } from "../decode.ts";
import { people, policyOf, targetsOf } from "../founding.test-support.ts";
import { keyidOf, type PublicKey } from "../key.ts";
import { passkeyPerson } from "../keys/webauthn.test-support.ts";
import { codeOf, digestOf, must, person } from "../simulator.test-support.ts";
import { policyChecks } from "../workflow/policy.ts";
import { delegationChecks } from "./delegation-checks.ts";
import { type ChannelRules, numbersOf, type Policy, policy, principalOf } from "./policy.ts";
import { looserIn, profileDefaults } from "./profile.ts";
import { standingPolicies } from "./standing.ts";

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
  const owned = { ...base.holders, [carol.keyid]: { key: carol.key, holder: "carol", owner: "revoker" } };
  const revokers = { a: revoker.keyid, b: carol.keyid };
  assert.equal(accepts({ revokers, channels: { stable: { ...rules, freshRevokers: 2 } } }), true);
  assert.equal(
    accepts({ revokers, holders: owned, channels: { stable: { ...rules, freshRevokers: 2 } } }),
    false,
    "two revokers of one owner",
  );
  assert.equal(accepts({ holders: { ...base.holders, [publisher.keyid]: base.holders[alice.keyid] } }), false);
});

test("attack: custody declared of a key that the policy does not list, of a passkey, or in words that nobody knows", () => {
  const ann = passkeyPerson("ann");
  const holders = { ...base.holders, [ann.keyid]: { key: ann.key, holder: "ann", owner: "ann" } };
  const declares = (custody: object): boolean => accepts({ holders, custody });
  assert.equal(declares({ [alice.keyid]: "pkcs11", [bob.keyid]: "encrypted-file" }), true);
  for (const stranger of [digestOf("x"), "constructor"]) assert.equal(declares({ [stranger]: "pkcs11" }), false, stranger);
  assert.equal(declares({ [ann.keyid]: "pkcs11" }), false, "a passkey");
  for (const kind of ["constructor", "safe", "", null]) assert.equal(declares({ [alice.keyid]: kind }), false, String(kind));
});

test("attack: a brake that nobody may ask for, or by a key that is for something else, too", () => {
  const watch = person("watch");
  const holders = { ...base.holders, [watch.keyid]: { key: watch.key, holder: "watch", owner: "watch" } };
  const channels = { stable: { ...rules, brakeBits: 22 } };
  assert.equal(accepts({ holders, channels, brakes: { watch: watch.keyid } }), true);
  assert.equal(accepts({ channels }), false);
  assert.equal(accepts({ channels, brakes: { watch: watch.keyid } }), false, "a key that nobody holds");
  for (const { keyid, name } of [alice, carol, builder, revoker])
    assert.equal(accepts({ holders, channels, brakes: { watch: keyid } }), false, name);
  assert.equal(accepts({ holders, channels, brakes: { watch: watch.keyid }, monitors: { watch: watch.keyid } }), false);
  assert.equal(accepts({ holders, channels, brakes: { a: watch.keyid, b: watch.keyid } }), false);
});

test("attack: a quorum of none, left out, or by the name of a group that somebody else can fill (OpenBao #3666, #3815)", () => {
  const quorums: readonly (readonly [string, (quorum: unknown) => object])[] = [
    ["approvals", (approvals) => ({ approvals })],
    ["builders", (quorum) => ({ builders: { ...rules.builders, quorum } })],
    ["freshRevokers", (freshRevokers) => ({ freshRevokers })],
  ];
  for (const [name, change] of quorums) {
    assert.equal(withRules(change(1)), true, name);
    for (const none of [0, -1, undefined, null, "admins", "1", ["admins"], 0.5])
      assert.equal(withRules(change(none)), false, `${name} ${none}`);
  }
  const { approvals: _approvals, ...omitted } = rules;
  assert.equal(accepts({ channels: { stable: omitted } }), false);
  for (const people of ["proposers", "approvers"])
    for (const group of ["admins", ["admins"], [], undefined]) assert.equal(withRules({ [people]: group }), false, `${people} ${group}`);
  const delegated = (threshold: unknown): boolean => {
    const roles = [{ name: "stable", keyids: [alice.keyid], threshold, terminating: true, paths: ["x"] }];
    return decode(targets, targetsOf({}, { delegations: { keys: { [alice.keyid]: alice.key }, roles } }), "targets").ok;
  };
  assert.equal(delegated(1), true);
  for (const none of [0, undefined, "admins"]) assert.equal(delegated(none), false, `signers ${none}`);
});

test("attack: approvers of one owner, who count as one", () => {
  const holders = { ...base.holders, [bob.keyid]: { key: bob.key, holder: "bob", owner: "alice" } };
  assert.equal(accepts({ holders }), false);
  assert.equal(accepts({ holders, separation: "key" }), true);
});

test("a passkey proposes and approves, and is no key of a duty", () => {
  const ann = passkeyPerson("ann");
  const holders = { ...base.holders, [ann.keyid]: { key: ann.key, holder: "ann", owner: "ann" } };
  const as = (change: object, more: object = {}): boolean => accepts({ holders, channels: { stable: { ...rules, ...change } }, ...more });
  assert.equal(as({ approvers: [alice.keyid, ann.keyid], proposers: [carol.keyid, ann.keyid] }), true);
  const trusted = rules.builders.trusted.map((rule) => ({ ...rule, keyid: ann.keyid }));
  assert.equal(as({ builders: { quorum: 1, trusted } }), false, "builder");
  assert.equal(as({}, { revokers: { security: ann.keyid } }), false, "revoker");
  assert.equal(as({}, { monitors: { watch: ann.keyid } }), false, "monitor");
});

test("attack: one passkey as two people, for two pages or as a bare key besides", () => {
  const [one, two] = [passkeyPerson("ann"), passkeyPerson("ann", "http://localhost:7392")];
  const bare: PublicKey = { keytype: "ecdsa", scheme: "ecdsa-sha2-nistp256", keyval: { public: one.key.keyval.public } };
  const ann = { [one.keyid]: { key: one.key, holder: "ann", owner: "ann" } };
  assert.equal(accepts({ holders: { ...base.holders, ...ann } }), true);
  for (const again of [two, { keyid: keyidOf(bare), key: bare }])
    assert.equal(accepts({ holders: { ...base.holders, ...ann, [again.keyid]: { key: again.key, holder: "ben", owner: "ben" } } }), false);
});

test("attack: monitors that cannot be filled, or whose names and keys cannot cosign a checkpoint", () => {
  const monitors = { watch: carol.keyid };
  const channels = { stable: { ...rules, readThrough: 1 } };
  assert.equal(accepts({ monitors, channels }), true);
  assert.equal(accepts({ channels }), false);
  assert.equal(accepts({ monitors: { ...monitors, again: carol.keyid }, channels }), false);
  assert.equal(accepts({ monitors: { "wat+ch": carol.keyid } }), false);
  assert.equal(accepts({ monitors: { watch: digestOf("x") } }), false);
});

/** A policy that an agent channel needs: five owners, two builders, two revokers, two monitors. */
function agentPolicy(change: object = {}, more: object = {}): object {
  const [second, ...watchers] = ["builder-2", "watch-1", "watch-2", "revoker-2"].map(person);
  if (second === undefined) throw new Error("no second builder");
  const holders = Object.fromEntries(
    [second, ...watchers].map((each) => [each.keyid, { key: each.key, holder: each.name, owner: each.name }]),
  );
  const [one, two, rev] = watchers.map(({ keyid }) => keyid);
  const [trusted] = rules.builders.trusted;
  const agent = { profile: "agent", approvals: 2, freshRevokers: 2, readThrough: 1, approvers: [alice.keyid, bob.keyid, publisher.keyid] };
  return {
    ...base,
    holders: { ...base.holders, ...holders },
    revokers: { security: revoker.keyid, other: rev },
    monitors: { one, two },
    channels: {
      stable: { ...rules, ...agent, builders: { quorum: 2, trusted: [trusted, { ...trusted, keyid: second.keyid }] }, ...change },
    },
    ...more,
  };
}

test("an agent or firmware channel keeps every count of its profile; its times it may set", () => {
  const agent = (change: object = {}, more: object = {}) => decode(policy, agentPolicy(change, more), "policy").ok;
  assert.equal(agent(), true);
  assert.equal(agent({ soakSeconds: 60, urgent: { soakSeconds: 5, extraApprovals: 1 } }), true);
  for (const looser of [
    { approvals: 1 },
    { urgent: { soakSeconds: 900, extraApprovals: 0 } },
    { freshRevokers: 1 },
    { readThrough: 0 },
    { builders: { ...rules.builders, quorum: 1 } },
  ])
    assert.equal(agent(looser), false, JSON.stringify(looser));
  assert.equal(agent({}, { separation: "key" }), false);
  assert.equal(agent({}, { monitors: { one: person("watch-1").keyid } }), false);
  assert.equal(agent({ profile: "firmware" }), true);
  assert.equal(agent({ profile: "toy" }), false);
});

test("what is looser than its profile is named", () => {
  const read = must(decode(policy, base, "policy"));
  assert.deepEqual(looserIn(numbersOf(read, rules), profileDefaults.app), []);
  const hasty = { ...rules, soakSeconds: 5, urgent: { soakSeconds: 5, extraApprovals: 0 } };
  assert.deepEqual(looserIn(numbersOf(read, hasty), profileDefaults.app), ["extraApprovals", "soakSeconds", "urgentSoakSeconds"]);
});

test("while a policy cools off, it and the one that is held both judge; after that it alone", () => {
  const [held, offered] = [1, 2].map((version) => ({ policy: must(decode(policy, { ...base, version }, "policy")) }));
  if (held === undefined || offered === undefined) throw new Error("no policies");
  const at = (now: number) => standingPolicies({ held, offered, since: 1000, now });
  assert.deepEqual(at(1000 + 3599), { held, judges: [held, offered] });
  assert.deepEqual(at(1000 + 3600), { held: offered, judges: [offered] });
  const impatient = { policy: { ...offered.policy, coolingOffSeconds: 1 } };
  assert.deepEqual(
    standingPolicies({ held, offered: impatient, since: 1000, now: 1002 }).held,
    held,
    "the one that is held says for how long",
  );
  assert.deepEqual(standingPolicies({ held: undefined, offered, since: 1000, now: 0 }).judges, [offered]);
});

test("attack: a channel whose signers are fewer than its profile asks for", () => {
  const read = must(decode(policy, agentPolicy(), "policy"));
  const code = (keyids: readonly string[], threshold: number): string => {
    const targets = { delegations: { roles: [{ name: "stable", keyids, threshold }] } };
    return codeOf(judge({ candidate: { policy: read }, targets }, delegationChecks).outcome);
  };
  const three = [alice, bob, carol].map(({ keyid }) => keyid);
  assert.equal(code(three, 2), "accepted");
  assert.equal(code(three, 1), "quorum-below-profile");
  assert.equal(code(three.slice(1), 2), "quorum-below-profile");
  assert.equal(code([...three, builder.keyid], 2), "duties-meet");
});

test("attack: the ML-DSA keys of a channel in a builder's hands, or fewer of them than its profile asks of signers", () => {
  const [ann, ben] = ["alice", "bob"].map(sidecarHolder);
  const [built] = ["builder"].map(sidecarHolder);
  if (ann === undefined || ben === undefined || built === undefined) throw new Error("nobody");
  const code = (threshold: number, ...keyids: readonly string[]): string => {
    const holders = Object.fromEntries([ann, ben, built].map(({ keyid, ...holder }) => [keyid, holder]));
    const postQuantum = { repository: "hello", holders, roles: { stable: { keyids, threshold } } };
    const read = must(decode(policy, agentPolicy({}, { postQuantum }), "policy"));
    const roles = [{ name: "stable", keyids: [alice, bob, carol].map(({ keyid }) => keyid), threshold: 2 }];
    return codeOf(judge({ candidate: { policy: read }, targets: { delegations: { roles } } }, delegationChecks).outcome);
  };
  assert.equal(code(2, ann.keyid, ben.keyid), "accepted");
  assert.equal(code(2, ann.keyid, ben.keyid, built.keyid), "duties-meet");
  assert.equal(code(1, ann.keyid, ben.keyid), "quorum-below-profile");
});

function sidecarHolder(owner: string): {
  readonly keyid: string;
  readonly key: PublicKey;
  readonly holder: string;
  readonly owner: string;
} {
  const raw = generateKeyPairSync("ml-dsa-44").publicKey.export({ format: "jwk" }) as Record<string, unknown>;
  const spelled = Buffer.from(String(raw["pub"]), "base64url").toString("hex");
  const key: PublicKey = { keytype: "ml-dsa", scheme: "ml-dsa-44", keyval: { public: spelled } };
  return { keyid: keyidOf(key), key, holder: `pq-${owner}`, owner };
}

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
  const second = { ...held, version: 2 };
  const code = (candidate: Policy, by: typeof top = top, digest = digestOf("policy"), before = digest) =>
    codeOf(
      judge(
        {
          candidate: { policy: candidate, bytes, digest },
          listed: { length: bytes.length, hashes: { sha256: digestOf("policy") } },
          targets: by,
          held: { policy: second, digest: before },
        },
        policyChecks,
      ).outcome,
    );
  assert.equal(code(second), "accepted");
  assert.equal(code(held, top, digestOf("policy"), digestOf("before")), "version-rolled-back");
  assert.equal(code(second, top, digestOf("policy"), digestOf("before")), "version-rolled-back", "two policies of one version");
  assert.equal(code({ ...second, version: 3 }, top, digestOf("policy"), digestOf("before")), "accepted");
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
