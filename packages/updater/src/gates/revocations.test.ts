// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { people, policyOf, rootOf } from "@countersign/trust/founding.test-support";
import type { Denial } from "@countersign/trust/revocation/list";
import { digestOf, must, type Person, signDocument, signedBytes, TestLog } from "@countersign/trust/simulator.test-support";
import { createDevice } from "../device.ts";
import { gate, goOn } from "../gate.ts";
import { allDenials, denialsOfOne, type Memory, newborn } from "../memory.ts";
import type { Report } from "../report.ts";
import { serve } from "../servers.test-support.ts";
import { openTrustStore } from "../trust-store.ts";
import { update } from "../update.ts";
import { revocationsGate } from "./revocations.ts";

const { alice, bob, revoker, carol } = people;
const log = new TestLog();
await log.append({ type: "policy", digest: digestOf("anything") });
const time = 1_000_000;
const policy = policyOf({ revokers: { security: revoker.keyid, people: carol.keyid } });
const denialOf = (name: string): Denial => ({ kind: "release", name, since: 1, until: null, reason: "" });
const junk = (count: number) => Array.from({ length: count }, (_, index) => denialOf(`junk ${index}`));

interface Said {
  readonly revoker?: string;
  readonly by?: Person;
  readonly version?: number;
  readonly denials?: readonly Denial[];
}

async function list({ by = revoker, ...said }: Said): Promise<object> {
  const checkpoint = await log.note([time, time, time]);
  const fields = { _type: "revocations", spec: "countersign/1", revoker: "security", version: 1, checkpoint, seen: {}, denials: [] };
  return await signDocument({ ...fields, ...said }, by);
}

/** What gate 6 says of lists to a device with a memory, and what it remembers afterwards. */
async function hears(
  lists: readonly object[] | undefined,
  memory: Partial<Memory> = {},
  clock: number = memory.time ?? time,
): Promise<{ readonly report: Report; readonly memory: Memory }> {
  const bytes = lists && servedBytes({ _type: "revocation-lists", lists });
  const url = await serve(({ url: path }, response) => {
    const found = path === "/revocations/latest" ? bytes : undefined;
    response.writeHead(found === undefined ? 404 : 200).end(found);
  });
  await using device = await mkdtempDisposable(`${tmpdir()}/countersign-revocations-`);
  const place = { product: "hello", platform: "linux-x64", channel: "stable", id: "d", privileges: [], installer: "directory" } as const;
  await createDevice(device.path, { ...place, url: url.replace(/\/$/, "") }, await signedBytes(rootOf(), alice, bob));
  const earlier = gate({
    number: 5,
    name: "what earlier gates found",
    checks: {},
    async pass(attempt) {
      const held = servedBytes(policy);
      attempt.memory = { ...newborn, time, ...memory };
      attempt.found.policy = { policy, bytes: held, digest: sha256(held) };
      attempt.found.judges = [policy];
      return goOn;
    },
  });
  const report = must(await update(device.path, { until: "check", gates: [earlier, revocationsGate], clock: () => clock * 1000 }));
  return { report, memory: must(await openTrustStore(device.path)).memory };
}

const real = denialOf(digestOf("a bad release"));
const names = (memory: Memory) => allDenials(memory).map(({ name }) => name);

test("attack: a stolen revoker's key fills the room of that revoker; what its owner says later is not passed over as heard", async () => {
  const first = await hears([await list({ denials: junk(denialsOfOne) })]);
  assert.equal(first.report.unheard, undefined);
  const later = await hears([await list({ version: 2, denials: [real] })], first.memory);
  assert.equal(allDenials(later.memory).length, denialsOfOne);
  assert.equal(later.report.unheard?.code, "revocations-withheld", "gate 9 lets nothing through on this");
  const over = await hears([await list({ denials: junk(denialsOfOne + 1) })]);
  assert.equal(over.report.unheard?.code, "revocations-stale");
});

test("attack: the same, and the policy gives the revoker a new key: the old one's denials take none of its room", async () => {
  const full = { denials: { [bob.keyid]: junk(denialsOfOne) }, lists: { [bob.keyid]: { version: 1, time } } };
  const { memory, report } = await hears([await list({ denials: [real] })], full);
  assert.ok(names(memory).includes(real.name));
  assert.equal(report.unheard, undefined);
  assert.equal(
    names((await hears([await list({ denials: [real] })], { denials: { security: junk(denialsOfOne) } })).memory).length,
    denialsOfOne + 1,
  );
});

test("what an earlier updater remembered under the revoker's name is kept, and not kept twice", async () => {
  const { memory } = await hears([await list({ denials: [real] })], { denials: { security: [real] } });
  assert.deepEqual(names(memory), [real.name]);
});

test("attack: one malformed list is put before the others; they are heard all the same", async () => {
  const { memory, report } = await hears([{ signed: 7 }, await list({ denials: [real] })]);
  assert.deepEqual(names(memory), [real.name]);
  assert.ok(report.trail.some(({ check }) => check === "revocations/served"));
});

test("attack: the lists are kept back, or one of them, while nothing is to be installed: it is said, and stops nothing", async () => {
  const known = { lists: { [revoker.keyid]: { version: 1, time }, [carol.keyid]: { version: 4, time } } };
  for (const [lists, code] of [
    [undefined, "revocations-withheld"],
    [[await list({})], "revocations-withheld"],
    [[await list({}), await list({ revoker: "people", by: carol, version: 4 })], undefined],
  ] as const) {
    const { report } = await hears(lists, known);
    assert.deepEqual([report.unheard?.code, report.refusal], [code, undefined]);
  }
  const old = await hears([await list({})], { time: time + 10 * 86_400, lists: {} });
  assert.deepEqual([old.report.unheard?.code, old.report.refusal], ["revocations-stale", undefined]);
  const still = await hears([await list({})], {}, time + 10 * 86_400);
  assert.deepEqual(
    [still.report.unheard?.code, still.report.refusal],
    ["revocations-stale", undefined],
    "witnessed time was kept from going on",
  );
});
