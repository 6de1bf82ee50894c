// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from "node:timers/promises";
import { attest } from "@countersign/build/attest";
import { headBytes, headPath, nextChannel } from "@countersign/repository/next-channel";
import { nextHead } from "@countersign/repository/next-head";
import { nextSnapshot } from "@countersign/repository/next-snapshot";
import { nextTimestamp } from "@countersign/repository/next-timestamp";
import { documentBytes, type SigningKey, signDocument } from "@countersign/repository/sign-document";
import { targetStorePath } from "@countersign/repository/target-path";
import { root } from "@countersign/trust/anchor/root";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { readEnvelope } from "@countersign/trust/envelope";
import { claimedCheckpoint, ledgerTrust, witnessedTime } from "@countersign/trust/ledger/checkpoint";
import type { Statement } from "@countersign/trust/release/statement";
import type { RevocationList } from "@countersign/trust/revocation/list";
import { proofPath } from "@countersign/trust/workflow/step";
import type { Ground } from "@countersign/world/ground";
import type { Plan } from "@countersign/world/plan";
import { enter } from "@countersign/world/sample-release";
import { taken } from "./base.ts";
import { inDays } from "./forge.ts";
import { logged } from "./live-world.ts";
import { type Payload, platform } from "./payload.ts";
import { builderKey, buildOf } from "./trojan-release.ts";

/** In a world of one's own, everything can be had: a release of the trojan that is approved, logged, soaked, signed and published. */
export async function publishTrojan(ground: Ground, trojan: Payload): Promise<void> {
  const { project, store, key } = ground;
  const { product, channel } = project.plan;
  await store.write(`artifacts/${trojan.artifact.sha256}`, trojan.bytes);
  const entry = await enter(ground, await statementOf(ground, trojan));
  const checkpoint = await checkpointAfter(ground, Date.now() / 1000 + project.plan.urgent.soakSeconds + 1);
  await writeRevocations(ground, checkpoint);

  const head = nextHead(undefined, { product, platform, channel }, entry);
  const path = headPath(head);
  await store.write(targetStorePath(path, sha256(headBytes(head))), headBytes(head));
  const channelFile = nextChannel(undefined, new Map([[path, head]]), inDays(30));
  const channelBytes = await sign(channelFile, await keysOf(ground, project.plan.signers));
  const targetsBytes = (await store.read("metadata/1.targets.json")) ?? new Uint8Array();
  await prove(ground, "channel", channelBytes);
  await prove(ground, "targets", targetsBytes);

  const listed = new Map([
    ["targets.json", { version: 1, bytes: targetsBytes }],
    [`${channel}.json`, { version: 1, bytes: channelBytes }],
  ]);
  const snapshotBytes = await sign(nextSnapshot(undefined, listed, inDays(30)), [await key("publish-snapshot")]);
  const timestamp = nextTimestamp(undefined, { version: 1, bytes: snapshotBytes }, checkpoint, inDays(1));
  await store.write(`metadata/1.${channel}.json`, channelBytes);
  await store.write("metadata/1.snapshot.json", snapshotBytes);
  await store.write("metadata/timestamp.json", await sign(timestamp, [await key("publish-timestamp")]));
}

function keysOf({ key }: Ground, { holders }: Plan["signers"]): Promise<readonly SigningKey[]> {
  return Promise.all(holders.map(({ holder }) => key(holder)));
}

async function sign<T>(document: T, keys: readonly SigningKey[]): Promise<Uint8Array> {
  return documentBytes(await signDocument(document, keys));
}

/** Has a file logged, and keeps the proof where devices look for it. */
async function prove(ground: Ground, type: "root" | "targets" | "channel" | "provenance", bytes: Uint8Array): Promise<void> {
  const digest = sha256(bytes);
  await ground.store.write(proofPath(digest), Buffer.from(await logged(ground, { type, digest })));
}

/** The newest checkpoint, as soon as every witness dates it after a time in Unix seconds. */
async function checkpointAfter({ ledger, store }: Ground, time: number): Promise<string> {
  const anchor = taken(readEnvelope(root, (await store.read("metadata/1.root.json")) ?? new Uint8Array(), "root"));
  for (;;) {
    const note = taken(await ledger.checkpoint());
    if (witnessedTime(taken(claimedCheckpoint(note, ledgerTrust(anchor.signed))), 2) >= time) return note;
    await sleep(100);
  }
}

/** A root that counts one further than the first of this world, signed by this world's own owners, in this world's own ledger. */
export async function claimToFollow(ground: Ground): Promise<void> {
  const { signed } = JSON.parse(Buffer.from((await ground.store.read("metadata/1.root.json")) ?? []).toString());
  const bytes = await sign({ ...signed, version: 2 }, await keysOf(ground, ground.project.plan.root));
  await ground.store.write("metadata/2.root.json", bytes);
  await prove(ground, "root", bytes);
}

async function statementOf(ground: Ground, { artifact, program, ...payload }: Payload): Promise<Statement> {
  const { project, store } = ground;
  const build = buildOf(project, { artifact, program, ...payload });
  const provenance = await attest({ ...build, key: await builderKey(project, build) });
  const digest = sha256(provenance);
  await store.write(`provenance/${digest}`, provenance);
  await prove(ground, "provenance", provenance);
  return {
    _type: "release",
    spec: "countersign/1",
    product: project.plan.product,
    version: "6.6.6",
    channel: project.plan.channel,
    sequence: 1,
    predecessor: null,
    epoch: 0,
    urgent: true,
    minimumSequence: 0,
    artifacts: [artifact],
    provenance: [digest],
    privileges: [],
    health: { command: [`bin/${program}`, "--health"], expect: "well", timeoutSeconds: 5, attempts: 1 },
    rollout: { overSeconds: 0 },
  };
}

async function writeRevocations({ project, store, key }: Ground, checkpoint: string): Promise<void> {
  const revoker = project.plan.revokers[0]?.holder ?? "";
  const list: RevocationList = { _type: "revocations", spec: "countersign/1", revoker, version: 1, checkpoint, seen: {}, denials: [] };
  await store.write(
    "revocations/latest",
    servedBytes({ _type: "revocation-lists", lists: [await signDocument(list, [await key(revoker)])] }),
  );
}
