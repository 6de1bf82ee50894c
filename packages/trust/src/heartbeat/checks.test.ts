// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../check.ts";
import { readEnvelope } from "../envelope.ts";
import { policyOf } from "../founding.test-support.ts";
import { claimedCheckpoint } from "../ledger/checkpoint.ts";
import type { Policy } from "../policy/policy.ts";
import { codeOf, digestOf, ledger, must, person, signedBytes, TestLog } from "../simulator.test-support.ts";
import { type HeartbeatSubject, heartbeatChecks } from "./checks.ts";
import { type Heartbeat, heartbeat } from "./heartbeat.ts";

const [watch, second] = [person("watch"), person("second")];
const base = policyOf();
const holder = (who: typeof watch) => ({ key: who.key, holder: who.name, owner: who.name });
const policy: Policy = {
  ...base,
  holders: { ...base.holders, [watch.keyid]: holder(watch), [second.keyid]: holder(second) },
  monitors: { watch: watch.keyid, second: second.keyid },
};
const log = new TestLog();
await log.append({ type: "root", digest: digestOf("root") });
const note = await log.note([1000, 1000, 1000]);

interface Change {
  readonly said?: Partial<Heartbeat>;
  readonly by?: typeof watch;
  readonly as?: string;
  readonly time?: number;
  readonly dated?: string;
}

async function code({ said = {}, by = watch, as = "watch", time = 1060, dated }: Change = {}): Promise<string> {
  const body: Heartbeat = {
    _type: "heartbeat",
    spec: "countersign/1",
    monitor: "watch",
    checkpoint: note,
    readThrough: 1,
    within: 60,
    blind: null,
    ...said,
  };
  const candidate = must(readEnvelope(heartbeat, await signedBytes(body, by), "heartbeat"));
  const checkpoint = must(claimedCheckpoint(dated ?? candidate.signed.checkpoint, ledger));
  const subject: HeartbeatSubject = { candidate, monitor: as, policy, ledger, checkpoint, time };
  return codeOf(judge(subject, heartbeatChecks).outcome);
}

test("a monitor is heard for as long as it promised, by witnessed time, and no second longer", async () => {
  assert.equal(await code(), "accepted");
  assert.equal(await code({ time: 900 }), "accepted"); // whoever judges has seen less than the monitor
  assert.equal(await code({ time: 1061 }), "monitor-silent");
});

test("attack: one monitor's heartbeat for another's, and a key that the policy does not name", async () => {
  assert.equal(await code({ by: second }), "monitor-not-trusted");
  assert.equal(await code({ as: "second" }), "monitor-not-trusted");
  assert.equal(await code({ said: { monitor: "second" } }), "monitor-not-trusted");
  assert.equal(await code({ by: person("mallory") }), "monitor-not-trusted");
});

test("attack: an old heartbeat under a newer date, or one that too few witnesses gave", async () => {
  assert.equal(await code({ dated: await log.note([2000, 2000, 2000]) }), "heartbeat-dated-by-another");
  assert.equal(await code({ said: { checkpoint: await log.note([1000]) } }), "witness-quorum-missing");
});

test("a monitor that cannot see is not counted as one that can", async () => {
  assert.equal(await code({ said: { blind: "unreachable" } }), "monitor-blind");
});
