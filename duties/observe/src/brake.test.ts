// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { people, policyOf } from "@countersign/trust/founding.test-support";
import type { ChannelRules, Policy } from "@countersign/trust/policy/policy";
import { digestOf, entryOf, ledger, say, statementOf } from "@countersign/trust/simulator.test-support";
import { dueForBrake } from "./brake.ts";
import { findingOf } from "./finding.ts";
import type { PublishedEntry } from "./observation.ts";
import { packageDrift } from "./release-drift.ts";

const hours = 3600;
const base = policyOf();
const rules: ChannelRules = { ...(base.channels["stable"] as ChannelRules), soakSeconds: hours, brakeBits: 22 };
const policy: Policy = { ...base, channels: { stable: rules, beta: { ...rules, brakeBits: undefined } } };
const since = 1_000_000;
const entry = await entryOf(statementOf(), [await say(people.carol, "propose", "release", digestOf("x"))], undefined, since);
const published: readonly PublishedEntry[] = [{ channel: "stable", rules, entry, attestations: undefined }];

const found = (bits: number, channel = "stable", digest: string = entry.digest, platform = "linux-x64") =>
  findingOf(packageDrift, { about: [channel, digest, platform], evidence: { channel, digest, bits, platform } }, 0);
const due = (findings: Parameters<typeof dueForBrake>[0], { time = since, now = 0, shown = published } = {}) =>
  dueForBrake(findings, { view: { policy, ledger, time }, published: shown, now }).map(({ digest, bits }) => [digest, bits]);

test("a brake is due from the policy's threshold on, once a release, by its highest score", () => {
  assert.deepEqual(due([found(21.9)]), []);
  assert.deepEqual(due([found(22), found(30, "stable", entry.digest, "linux-arm64")]), [[entry.digest, 30]]);
  assert.deepEqual(due([found(30, "beta"), found(30, "constructor")]), [], "channels without a brake");
});

test("what names no release, or has no score, is no reason to hold anything", () => {
  const of = (evidence: object) => findingOf(packageDrift, { about: [], evidence: { ...evidence } }, 0);
  assert.deepEqual(due([of({ channel: "stable", bits: 30 }), of({ channel: "stable", digest: "3f", bits: 30 })]), []);
  assert.deepEqual(due([of({ channel: "stable", digest: entry.digest, bits: "30" })]), []);
});

test("a brake that a new policy brings, or a new observer asks for, holds nothing that has long been public", () => {
  const settled = since + hours + 72 * hours;
  assert.deepEqual(due([found(30)], { time: settled }), [[entry.digest, 30]]);
  assert.deepEqual(due([found(30)], { time: settled + 1 }), []);
  assert.deepEqual(due([found(30)], { time: settled + 1, shown: [] }), [[entry.digest, 30]], "one that is not published yet");
  assert.deepEqual(due([found(30)], { now: 72 * hours * 1000 + 1, shown: [] }), [], "a finding of long ago");
});
