// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { policyOf } from "@countersign/trust/founding.test-support";
import type { ChannelRules, Policy } from "@countersign/trust/policy/policy";
import { must, statementOf } from "@countersign/trust/simulator.test-support";
import { Published, upToDate } from "../published.test-support.ts";
import type { Report } from "../report.ts";
import { update } from "../update.ts";
import { carried } from "./carried.test-support.ts";

const days = 86_400;
const nobody = "http://127.0.0.1:1";

function taking(bundleSeconds: number | undefined): Partial<Policy> {
  const { channels } = policyOf();
  return { channels: { stable: { ...(channels["stable"] as ChannelRules), bundleSeconds } } };
}

const repository = await Published.lay({ policy: taking(14 * days) });
const anchor = repository.files.get("metadata/1.root.json");

/** What a device finds in a bundle so many seconds from now, by its clock. */
async function finds(device: { readonly path: string }, bundle: { readonly file: string }, later = 0): Promise<Report> {
  return must(await update(device.path, { until: "install", bundle: bundle.file, clock: () => Date.now() + later * 1000 }));
}

test("a device that reaches nobody follows what is carried to it in one file, for as long as the policy says, and never back", async () => {
  await using first = await carried(repository.files);
  await using device = await upToDate(nobody, anchor);
  const found = await finds(device, first, 13 * days);
  assert.deepEqual([found.result, found.refusal, found.unheard], ["current", undefined, undefined], "judged at its own time");

  await repository.date();
  await repository.renew();
  await using second = await carried(repository.files);
  assert.equal((await finds(device, second, 13 * days)).result, "current");
  assert.equal((await finds(device, first)).trail.at(-1)?.check, "timestamp/version");
});

test("attack: a bundle from before a revocation, once its time is over", async () => {
  await using old = await carried(repository.files);
  await using device = await upToDate(nobody, anchor);
  const { refusal, trail } = await finds(device, old, 15 * days);
  const { gate, check } = trail.at(-1) ?? {};
  assert.deepEqual([refusal?.code, gate, check], ["bundle-too-old", 7, "bundle/age"], "its revocations were heard before");
});

test("where no clock moves, only floors protect: a device that lost its time takes a bundle of any age", async () => {
  await using bundle = await carried(repository.files);
  await using device = await upToDate(nobody, anchor);
  assert.equal((await finds(device, bundle, -30 * 365 * days)).result, "current");
});

test("a channel whose policy says nothing of bundles takes none", async () => {
  const strict = await Published.lay({ policy: taking(undefined) });
  await using bundle = await carried(strict.files);
  await using device = await upToDate(nobody, strict.files.get("metadata/1.root.json"));
  assert.equal((await finds(device, bundle)).refusal?.code, "bundle-not-taken");
});

test("attack: a root that had run out when the ledger was cosigned, shown to a device that knows no time yet", async () => {
  const stale = await Published.lay({ policy: taking(14 * days), root: { expires: "2020-01-01T00:00:00Z" } });
  await using bundle = await carried(stale.files);
  await using device = await upToDate(nobody, stale.files.get("metadata/1.root.json"));
  const { refusal, trail } = await finds(device, bundle);
  assert.deepEqual([refusal?.code, trail.at(-1)?.gate], ["expired", 2]);
});

test("revocations travel alone, at any age, and flag what runs", async () => {
  const denial = { kind: "release", name: sha256(servedBytes(statementOf())), since: 0, until: null, reason: "leaks tokens" } as const;
  const revoking = await Published.lay({ policy: taking(14 * days) });
  await revoking.date({ denials: [denial] });
  const some = [...revoking.files].filter(([path]) => !/^(?:log|proofs|targets\/stable)\//.test(path));
  await using bundle = await carried(new Map(some), { carries: "revocations" });
  await using device = await upToDate(nobody, revoking.files.get("metadata/1.root.json"));
  const { result, flagged, refusal } = await finds(device, bundle, 300 * days);
  assert.deepEqual([result, flagged?.reason, refusal], ["heard", "leaks tokens", undefined]);
});

test("attack: a bundle that says it is more than it is", async () => {
  const some = [...repository.files].filter(([path]) => !path.startsWith("proofs/"));
  await using bundle = await carried(new Map(some));
  await using device = await upToDate(nobody, anchor);
  assert.equal((await finds(device, bundle)).refusal?.code, "missing-file");
});
