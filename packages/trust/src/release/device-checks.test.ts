// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalDigest } from "../canonical.ts";
import { judge } from "../check.ts";
import { codeOf, statementOf } from "../simulator.test-support.ts";
import { type DeviceFacts, type DeviceSubject, privilegeChecks, releaseChecks, rolloutPoint } from "./device-checks.ts";
import type { Statement } from "./statement.ts";

const facts: DeviceFacts = {
  product: "hello",
  platform: "linux-x64",
  channel: "stable",
  id: "device-1",
  privileges: ["network"],
  epochFloor: 2,
  sequenceFloor: 5,
};
const subject = (change: Partial<Statement>, device: Partial<DeviceFacts> = {}, more: Partial<DeviceSubject> = {}): DeviceSubject => {
  const body = statementOf({ sequence: 6, epoch: 2, ...change });
  return {
    candidate: { body, digest: canonicalDigest(body), approvals: [], proof: "" },
    device: { ...facts, ...device },
    reason: "newer",
    sinceSoak: 0,
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

test("a rollout reaches each device at a moment of its own, and everyone in the end", () => {
  const overSeconds = 1000;
  const digest = subject({ rollout: { overSeconds } }).candidate.digest;
  const turn = Math.floor(rolloutPoint(digest, facts.id) * overSeconds);
  assert.ok(turn > 0);
  assert.equal(check({ rollout: { overSeconds } }, {}, { sinceSoak: turn - 1 }), "not-this-devices-turn");
  assert.equal(check({ rollout: { overSeconds } }, {}, { sinceSoak: turn }), "accepted");
  assert.equal(check({ rollout: { overSeconds } }, {}, { reason: "recalled", sinceSoak: -5 }), "accepted");
  const points = Array.from({ length: 2000 }, (_, index) => rolloutPoint(digest, `device-${index}`));
  assert.ok(points.every((point) => point >= 0 && point < 1));
  const early = points.filter((point) => point < 0.25).length;
  assert.ok(early > 400 && early < 600, `${early} of 2000 in the first quarter`);
});

test("attack: a release that asks for a privilege which the device does not grant", () => {
  const code = (privileges: readonly string[]) => codeOf(judge(subject({ privileges }), privilegeChecks).outcome);
  assert.equal(code([]), "accepted");
  assert.equal(code(["network"]), "accepted");
  assert.equal(code(["network", "camera"]), "privilege-not-granted");
});
