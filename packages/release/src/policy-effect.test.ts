// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelRules, Policy } from "@countersign/trust/policy/policy";
import { policyEffect, quorumsOf } from "./policy-effect.ts";
import { sampleKey } from "./sample-repository.test-support.ts";

const people = ["ana", "ben", "cleo", "dan"] as const;
const keys = Object.fromEntries([...people, "eve"].map((name) => [name, sampleKey()]));
const idOf = (name: string): string => keys[name]?.keyid ?? "";
const holder = (name: string, owner = name) => ({ key: keys[name]?.tuf as Policy["holders"][string]["key"], holder: name, owner });

const rules: ChannelRules = {
  profile: "app",
  proposers: [idOf("dan")],
  approvers: [idOf("ana"), idOf("ben")],
  approvals: 1,
  soakSeconds: 3600,
  urgent: { soakSeconds: 900, extraApprovals: 1 },
  builders: {
    quorum: 1,
    trusted: [{ id: "b", buildType: "t", source: "s", parameters: {}, keyid: idOf("dan") } as ChannelRules["builders"]["trusted"][number]],
  },
  freshRevokers: 1,
  revocationSeconds: 3600,
  readThrough: 0,
};
const policy = (change: Partial<ChannelRules> = {}, more: Partial<Policy> = {}): Policy => ({
  _type: "policy",
  spec: "countersign/1",
  version: 1,
  separation: "owner",
  coolingOffSeconds: 86_400,
  holders: Object.fromEntries(people.map((name) => [idOf(name), holder(name)])),
  channels: { stable: { ...rules, ...change } },
  revokers: { security: idOf("cleo") },
  monitors: {},
  download: { connectSeconds: 1, idleSeconds: 1, totalSeconds: 1, minimumBytesPerSecond: 1 },
  ...more,
});

test("who is enough to start and to stop is said by owner", () => {
  const owned = { ...policy().holders, [idOf("ben")]: holder("ben", "ana") };
  assert.deepEqual(quorumsOf(policy({}, { holders: owned }))["stable"], {
    start: [
      { act: "build", takes: 1, of: ["dan"] },
      { act: "propose", takes: 1, of: ["ana", "dan"] },
      { act: "approve, besides the proposer", takes: 1, of: ["ana"] },
      { act: "approve what is urgent", takes: 2, of: ["ana"] },
    ],
    stop: [
      { act: "revoke", takes: 1, of: ["cleo"] },
      { act: "recall or slow", takes: 1, of: ["ana"] },
    ],
  });
});

test("the same policy again changes nothing, and its own cooling-off is what a successor waits for", () => {
  assert.deepEqual(policyEffect(policy(), policy()), { numbers: [], voices: [], coolingOffSeconds: 86_400 });
  assert.equal(policyEffect(policy(), policy({}, { coolingOffSeconds: 1 })).coolingOffSeconds, 86_400, "not the new one's");
});

test("attack: loosening any one number of a policy without its being said", () => {
  const strict = policy(
    {
      profile: "agent",
      approvals: 2,
      builders: { ...rules.builders, quorum: 2 },
      freshRevokers: 2,
      readThrough: 1,
      brakeBits: 22,
      bundleSeconds: 3600,
    },
    { monitors: { watch: idOf("cleo") } },
  );
  const looser: readonly (readonly [string, Policy])[] = [
    ["profile", { ...strict, channels: { stable: { ...rules, ...strict.channels["stable"], profile: "app" } } }],
    ...(
      [
        ["approvals", { approvals: 1, urgent: { soakSeconds: 900, extraApprovals: 2 } }],
        ["approvals of what is urgent", { urgent: { soakSeconds: 900, extraApprovals: 0 } }],
        ["builders", { builders: { ...rules.builders, quorum: 1 } }],
        ["soakSeconds", { soakSeconds: 3599 }],
        ["soakSeconds of what is urgent", { urgent: { soakSeconds: 899, extraApprovals: 1 } }],
        ["freshRevokers", { freshRevokers: 1 }],
        ["revocationSeconds", { revocationSeconds: 3601 }],
        ["readThrough", { readThrough: 0 }],
        ["brakeBits", { brakeBits: 23 }],
        ["bundleSeconds", { bundleSeconds: 3601 }],
      ] as const
    ).map(
      ([number, change]) => [number, { ...strict, channels: { stable: { ...rules, ...strict.channels["stable"], ...change } } }] as const,
    ),
    ["separation", { ...strict, separation: "key" }],
    ["coolingOffSeconds", { ...strict, coolingOffSeconds: 60 }],
    ["monitors", { ...strict, monitors: {} }],
    ["revokers", { ...strict, revokers: {} }],
    ["owners", { ...strict, holders: { ...strict.holders, [idOf("dan")]: holder("dan", "ana") } }],
  ];
  for (const [number, after] of looser) {
    const changed = policyEffect(strict, after).numbers.map((change) => [change.number, change.looser]);
    assert.deepEqual(changed, [[number, true]]);
    assert.deepEqual(
      policyEffect(after, strict).numbers.map((change) => [change.number, change.looser]),
      [[number, false]],
    );
  }
});

test("a brake that comes or goes is said, and so is who may hold a release by it", () => {
  const brake = policy({ brakeBits: 22 }, { brakes: { watch: idOf("cleo") } });
  const { numbers, voices } = policyEffect(brake, policy());
  assert.deepEqual(numbers, [{ channel: "stable", number: "brakeBits", before: 22, after: "no brake", looser: true }]);
  assert.deepEqual(voices, [{ channel: "stable", act: "hold for 72 hours", who: "cleo", gains: false }]);
});

test("attack: a new voice, which no number tells", () => {
  const eve = { holders: { ...policy().holders, [idOf("eve")]: holder("eve") } };
  const gained = policyEffect(policy(), policy({ approvers: [idOf("ana"), idOf("eve")] }, eve)).voices;
  const acts = ["propose", "approve, besides the proposer", "approve what is urgent", "recall or slow"];
  assert.deepEqual(gained, [
    ...acts.map((act) => ({ channel: "stable", act, who: "eve", gains: true })),
    ...acts.map((act) => ({ channel: "stable", act, who: "ben", gains: false })),
  ]);
  const beta = policyEffect(policy(), { ...policy(), channels: { ...policy().channels, beta: rules } });
  assert.ok(beta.voices.some(({ channel, who, gains }) => channel === "beta" && who === "dan" && gains));
});
