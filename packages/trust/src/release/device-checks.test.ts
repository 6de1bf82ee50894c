// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalDigest } from "../canonical.ts";
import { judge } from "../check.ts";
import { codeOf, statementOf } from "../simulator.test-support.ts";
import { type DeviceFacts, type DeviceSubject, privilegeChecks, releaseChecks } from "./device-checks.ts";
import { rolloutPoint } from "./rollout.ts";
import type { Statement } from "./statement.ts";

const facts: DeviceFacts = {
  product: "hello",
  platform: "linux-x64",
  channel: "stable",
  id: "device-1",
  privileges: ["network"],
  epochFloor: 2,
  sequenceFloor: 5,
  runs: true,
};
const subject = (change: Partial<Statement>, device: Partial<DeviceFacts> = {}, more: Partial<DeviceSubject> = {}): DeviceSubject => {
  const body = statementOf({ sequence: 6, epoch: 2, ...change });
  return {
    candidate: { body, digest: canonicalDigest(body), approvals: [], proof: "" },
    device: { ...facts, ...device },
    reason: "newer",
    soaked: true,
    rollout: { share: 1, paused: false },
    ...more,
  };
};
const check = (...of: Parameters<typeof subject>): string => codeOf(judge(subject(...of), releaseChecks).outcome);

test("attack: a release of another product, channel or platform", () => {
  assert.equal(check({}), "accepted");
  for (const device of [{ product: "other" }, { channel: "beta" }, { platform: "linux-arm64" }])
    assert.equal(check({}, device), "wrong-target");
});

test("attack: a sequence at or below the highest that was confirmed; only a recall leads back", () => {
  assert.equal(check({ sequence: 5 }), "sequence-rolled-back");
  assert.equal(check({ sequence: 4 }), "sequence-rolled-back");
  assert.equal(check({ sequence: 4 }, {}, { reason: "recalled" }), "accepted");
});

test("where nothing runs any more, what was confirmed last may be installed again, and nothing older", () => {
  assert.equal(check({ sequence: 5 }, { runs: false }), "accepted");
  assert.equal(check({ sequence: 4 }, { runs: false }), "sequence-rolled-back");
});

test("attack: an epoch below the floor, also by a recall, and one that leaps", () => {
  assert.equal(check({ epoch: 1 }), "below-epoch-floor");
  assert.equal(check({ sequence: 4, epoch: 1 }, {}, { reason: "recalled" }), "below-epoch-floor");
  assert.equal(check({ epoch: 3 }), "accepted");
  assert.equal(check({ epoch: 4 }), "epoch-leapt");
  assert.equal(check({ sequence: 7, epoch: 4 }), "accepted");
  assert.equal(check({ epoch: Number.MAX_SAFE_INTEGER }), "epoch-leapt");
  assert.equal(check({ sequence: 4, epoch: 3 }, {}, { reason: "recalled" }), "epoch-leapt");
  assert.equal(check({ sequence: 40, epoch: 12 }, { epochFloor: 0, sequenceFloor: 0 }), "accepted");
});

test("a device waits for its turn in a rollout and for the end of a pause; a recall, and a soak that is not over, wait for neither", () => {
  const point = rolloutPoint(subject({}).candidate.digest, facts.id);
  const turn = (share: number, more: Partial<DeviceSubject> = {}) => check({}, {}, { rollout: { share, paused: false }, ...more });
  assert.equal(turn(point), "accepted");
  assert.equal(turn(point - 0.001), "not-this-devices-turn");
  assert.equal(turn(0, { reason: "recalled" }), "accepted");
  assert.equal(turn(0, { soaked: false }), "accepted", "the soak's own check refuses it");
  assert.equal(turn(1, { rollout: { share: 1, paused: true } }), "not-this-devices-turn");
});

test("attack: a release that asks for a privilege which the device does not grant", () => {
  const code = (privileges: readonly string[]) => codeOf(judge(subject({ privileges }), privilegeChecks).outcome);
  assert.equal(code([]), "accepted");
  assert.equal(code(["network"]), "accepted");
  assert.equal(code(["network", "camera"]), "privilege-not-granted");
});
