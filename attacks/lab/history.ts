// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ledgerClient } from "@countersign/repository/ledger-client";
import { createDevice } from "@countersign/updater/device";
import { passkeyApprover } from "@countersign/world/approver-key";
import { foundWorld } from "@countersign/world/found";
import { anchorFile } from "@countersign/world/project";
import { startWorld } from "@countersign/world/start";
import type { Attack } from "./attack.ts";
import { authenticator } from "./authenticator.ts";
import { openBase, taken } from "./base.ts";
import { type Devices, type Lab, type Stores, trojanWords } from "./lab.ts";
import { labPlan, otherProduct, product } from "./lab-plan.ts";
import { asked, closeWindows, follows, keep, published, releaseOf, revoked, soaked } from "./life.ts";
import { packProgram, platform } from "./payload.ts";

/**
 * Lets a whole world live for some seconds, every duty a process, and keeps copies of what it served and of devices that followed it:
 * two releases of one product, one of another, a third that waits for its signers, the revocation of the second. The attacks plant what they need on the way. Then the
 * world is stopped for good.
 */
export async function liveHistory(scratch: string, attacks: readonly Attack[]): Promise<Lab> {
  const project = taken(await foundWorld(join(scratch, "world"), labPlan, { approverKeys: [passkeyApprover(authenticator.passkey)] }));
  const at = (name: string): string => join(scratch, name);
  const stores: Stores = { one: at("store-1"), oneLater: at("store-1-later"), two: at("store-2"), twoRevoked: at("store-2-revoked") };
  const devices: Devices = { newborn: at("device-0"), one: at("device-1"), two: at("device-2"), oneWarned: at("device-1-warned") };
  const [labs, one, two, three, trojan] = await Promise.all([
    packProgram(at("labs"), otherProduct, "labs 1.0.0"),
    packProgram(at("one"), product, "hello 1.0.0", 2000),
    packProgram(at("two"), product, "hello 2.0.0", 2000),
    packProgram(at("three"), product, "hello 3.0.0", 2000),
    packProgram(at("trojan"), product, trojanWords),
  ]);
  await using world = await startWorld(project);
  const { urls } = world;

  // Both are on their way at once: signers take them one after the other.
  const first = [releaseOf(project, urls, labs, "1.0.0", { of: otherProduct }), releaseOf(project, urls, one, "1.0.0")];
  await Promise.all(first.map(async (digest) => published(urls, await digest)));
  const anchor = await readFile(anchorFile(project));
  const { channel } = project.plan;
  const home = { url: urls.distribute, product, platform, channel, id: "victim", privileges: [], installer: "directory" } as const;
  await createDevice(devices.newborn, home, anchor);
  await follows(devices.newborn, urls.distribute, devices.one, "installed");
  await keep(project, stores.one); // after the device has looked, so that nothing in it is older than what the device knows

  await closeWindows(project, urls);
  const base = await openBase(project, stores.one);
  const live = { project, base, ledger: ledgerClient(urls.ledger), trojan, scratch };
  const planted = await Promise.all(attacks.map(async ({ name, plant }) => [name, await plant?.(live)] as const));
  await soaked(project, Date.now() / 1000 + project.plan.urgent.soakSeconds + 1);
  await keep(project, stores.oneLater);

  const second = await releaseOf(project, urls, two, "2.0.0", { epochUp: true });
  await published(urls, second);
  await follows(devices.one, urls.distribute, devices.two, "installed");
  await keep(project, stores.two);
  await asked(urls, await releaseOf(project, urls, three, "3.0.0", { urgent: false }));

  await revoked(project, urls, second);
  await follows(devices.one, urls.distribute, devices.oneWarned, "current");
  await soaked(project, Date.now() / 1000 + project.plan.revocationSeconds + 1); // lists from before are too old now
  await keep(project, stores.twoRevoked);
  return { scratch, project, stores, devices, trojan, planted: new Map(planted) };
}
