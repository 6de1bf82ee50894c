// SPDX-License-Identifier: Apache-2.0
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { approve } from "@countersign/release/approve";
import { deny } from "@countersign/release/deny";
import { follow } from "@countersign/release/follow";
import { governClient } from "@countersign/release/govern-client";
import { reviewProposal } from "@countersign/release/review";
import { ledgerClient } from "@countersign/repository/ledger-client";
import { decodeBytes } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import { claimedCheckpoint, witnessedTime } from "@countersign/trust/ledger/checkpoint";
import { revocationLists } from "@countersign/trust/revocation/list";
import { createDevice } from "@countersign/updater/device";
import { copyStore } from "@countersign/world/copy-store";
import { foundWorld } from "@countersign/world/found";
import { anchorFile, type Project, type Running, storeDirectory } from "@countersign/world/project";
import { ship } from "@countersign/world/ship";
import { startWorld } from "@countersign/world/start";
import type { Attack } from "./attack.ts";
import { keyOf, openBase, taken } from "./base.ts";
import { type Devices, type Lab, type Stores, trojanWords } from "./lab.ts";
import { labPlan, otherProduct, product } from "./lab-plan.ts";
import { type Payload, packProgram, platform } from "./payload.ts";
import { victimOf } from "./victim.ts";

/**
 * Lets a whole world live for some seconds, every duty a process, and keeps copies of what it served and of devices that followed it:
 * two releases of one product, one of another, the revocation of the second. The attacks plant what they need on the way. Then the
 * world is stopped for good.
 */
export async function liveHistory(scratch: string, attacks: readonly Attack[]): Promise<Lab> {
  const project = taken(await foundWorld(join(scratch, "world"), labPlan));
  const at = (name: string): string => join(scratch, name);
  const stores: Stores = { one: at("store-1"), oneLater: at("store-1-later"), two: at("store-2"), twoRevoked: at("store-2-revoked") };
  const devices: Devices = { newborn: at("device-0"), one: at("device-1"), two: at("device-2"), oneWarned: at("device-1-warned") };
  const [labs, one, two, trojan] = await Promise.all([
    packProgram(at("labs"), otherProduct, "labs 1.0.0"),
    packProgram(at("one"), product, "hello 1.0.0", 2000),
    packProgram(at("two"), product, "hello 2.0.0", 2000),
    packProgram(at("trojan"), product, trojanWords),
  ]);
  await using world = await startWorld(project);
  const { urls } = world;

  // Both are on their way at once: signers take them one after the other.
  const first = [releaseOf(project, urls, labs, "1.0.0", otherProduct), releaseOf(project, urls, one, "1.0.0")];
  await Promise.all(first.map(async (digest) => published(urls, await digest)));
  const anchor = await readFile(anchorFile(project));
  const { channel } = project.plan;
  const home = { url: urls.distribute, product, platform, channel, id: "victim", privileges: [], installer: "directory" } as const;
  await createDevice(devices.newborn, home, anchor);
  await follows(devices.newborn, urls.distribute, devices.one, "installed");
  await keep(project, stores.one); // after the device has looked, so that nothing in it is older than what the device knows

  const base = await openBase(project, stores.one);
  const live = { project, base, ledger: ledgerClient(urls.ledger), trojan, scratch };
  const planted = await Promise.all(attacks.map(async ({ name, plant }) => [name, await plant?.(live)] as const));
  await soaked(project, Date.now() / 1000 + project.plan.urgent.soakSeconds + 1);
  await keep(project, stores.oneLater);

  const second = await releaseOf(project, urls, two, "2.0.0", product, true);
  await published(urls, second);
  await follows(devices.one, urls.distribute, devices.two, "installed");
  await keep(project, stores.two);

  await revoked(project, urls, second);
  await follows(devices.one, urls.distribute, devices.oneWarned, "current");
  await soaked(project, Date.now() / 1000 + project.plan.revocationSeconds + 1); // lists from before are too old now
  await keep(project, stores.twoRevoked);
  return { scratch, project, stores, devices, trojan, planted: new Map(planted) };
}

/** Packs, builds, attests, proposes, reviews and approves, as the people and pipelines of a world do. */
async function releaseOf(
  project: Project,
  urls: Running,
  { directory }: Payload,
  version: string,
  of: string = product,
  epochUp = false,
): Promise<Digest> {
  const shipment = {
    directory,
    platform,
    version,
    commit: "1".repeat(40),
    health: { command: [`bin/${of}`, "--health"], expect: "well", timeoutSeconds: 5, attempts: 1 },
    privileges: [],
    urgent: true,
    epochUp,
  };
  const { digest } = taken(await ship({ ...project, plan: { ...project.plan, product: of } }, urls, shipment));
  const govern = governClient(urls.govern);
  const source = { store: urls.distribute, anchor: await readFile(anchorFile(project)), now: Date.now() };
  const review = taken(await reviewProposal({ govern, digest, ...source }));
  taken(await approve({ review, govern, key: await keyOf(project, "ana") }));
  return digest;
}

async function published(urls: Running, digest: Digest): Promise<void> {
  taken(await follow(governClient(urls.govern), digest, "published", { pollMilliseconds: 50, signal: AbortSignal.timeout(60_000) }));
}

/** Copies the store when its timestamp and lists are new, however busy the machine is: what is old in an attack is to be the attacker's doing. */
async function keep(project: Project, store: string): Promise<void> {
  await soaked(project, Math.floor(Date.now() / 1000));
  await copyStore(project, store);
}

/** Waits until the timestamp and every revoker's list are dated after a time, in Unix seconds: what was logged by then has soaked. */
async function soaked(project: Project, time: number): Promise<void> {
  for (;;) {
    const { view, store } = await openBase(project, storeDirectory(project));
    const { lists } = taken(decodeBytes(revocationLists, (await store.read("revocations/latest")) ?? new Uint8Array(), "revocations"));
    const dates = lists.map(({ signed }) => witnessedTime(taken(claimedCheckpoint(signed.checkpoint, view.ledger)), view.ledger.quorum));
    if (Math.min(view.time, ...dates) >= time) return;
    await sleep(200);
  }
}

/** One revoker says no; the other one keeps its list fresh, and has nothing to say. */
async function revoked(project: Project, urls: Running, release: Digest): Promise<void> {
  const denial = {
    kind: "release",
    name: release,
    since: Math.floor(Date.now() / 1000),
    until: null,
    reason: "it leaks passwords",
  } as const;
  const [[revoker, revokerUrl] = ["", ""]] = Object.entries(urls.revokers);
  taken(await deny({ revokerUrl, revoker, denial, key: await keyOf(project, "ben") }));
}

/** A device that has looked once more: a copy of `from` that came to `result`. */
async function follows(from: string, url: string, to: string, result: "installed" | "current", patience = 60): Promise<void> {
  const { directory, report } = await victimOf(from, { url }, []);
  if (report?.refusal?.code === "revocations-stale" && patience > 0) {
    await sleep(500);
    return follows(from, url, to, result, patience - 1);
  }
  if (report?.result !== result) throw new Error(`an honest device came to ${report?.result}: ${JSON.stringify(report?.refusal)}`);
  await cp(directory, to, { recursive: true, verbatimSymlinks: true });
}
