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
import { type AgentLab, trojanWords } from "./lab.ts";
import { agentPlan, product } from "./lab-plan.ts";
import { follows, keep, published, releaseOf, soaked } from "./life.ts";
import { packProgram, platform } from "./payload.ts";

/**
 * A second world, on the agent profile, for attacks that say what does not happen there: two builders, two approvals, two monitors, and one honest release.
 * What is planted has no body that a monitor could fetch, so monitors stop at the first of it, and `soak/read-past` stands in the way of all of it.
 */
export async function agentHistory(scratch: string, attacks: readonly Attack[]): Promise<AgentLab> {
  const project = taken(
    await foundWorld(join(scratch, "agent-world"), agentPlan, { approverKeys: [passkeyApprover(authenticator.passkey)] }),
  );
  const at = (name: string): string => join(scratch, `agent-${name}`);
  const stores = { one: at("store-1"), oneLater: at("store-1-later") };
  const devices = { newborn: at("device-0"), one: at("device-1") };
  const [one, trojan] = await Promise.all([
    packProgram(at("one"), product, "hello 1.0.0", 2000),
    packProgram(at("trojan"), product, trojanWords),
  ]);
  await using world = await startWorld(project);
  const { urls } = world;

  await published(urls, await releaseOf(project, urls, one, "1.0.0", { urgent: false, approvers: ["ana", "ben"] }));
  const home = {
    url: urls.distribute,
    product,
    platform,
    channel: project.plan.channel,
    id: "victim",
    privileges: [],
    installer: "directory",
  } as const;
  await createDevice(devices.newborn, home, await readFile(anchorFile(project)));
  await follows(devices.newborn, urls.distribute, devices.one, "installed");
  await keep(project, stores.one);

  const live = { project, base: await openBase(project, stores.one), ledger: ledgerClient(urls.ledger), trojan, scratch };
  const planted = await Promise.all(attacks.map(async ({ name, onAgent }) => [name, await onAgent?.plant?.(live)] as const));
  await soaked(project, Date.now() / 1000 + project.plan.soakSeconds + 1);
  await keep(project, stores.oneLater);
  return { scratch, project, stores, devices, trojan, planted: new Map(planted) };
}
