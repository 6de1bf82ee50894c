// SPDX-License-Identifier: Apache-2.0
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDevice, openDevice } from "@countersign/updater/device";
import { copyStore } from "@countersign/world/copy-store";
import { anchorFile, type Project, storeDirectory } from "@countersign/world/project";
import { openBase, taken } from "./base.ts";
import { type Lab, trojanWords } from "./lab.ts";
import { startMirror } from "./mirror.ts";
import { packProgram } from "./payload.ts";
import { victimOf } from "./victim.ts";

/** A world that is up, with at least one release, and a device that follows it. Neither is harmed: all happens on copies. */
export interface WorldUnderAttack {
  readonly project: Project;
  readonly device: string;
  /** An empty directory, which the caller removes. */
  readonly scratch: string;
}

/** A lab made of a world that is up, good for `tryAttack` with the attacks that need nothing planted. */
export async function labFromWorld({ project, device, scratch }: WorldUnderAttack): Promise<Lab> {
  const at = (name: string): string => join(scratch, name);
  await copyStore(project, at("store-before"));
  await newTimestamp(project, at("store-before"));
  await copyStore(project, at("store-now"));

  const { directory: _, ...config } = taken(await openDevice(device));
  await createDevice(at("newborn"), config, await readFile(anchorFile(project)));
  await cp(device, at("device"), { recursive: true, verbatimSymlinks: true });
  await using mirror = await startMirror(at("store-now"));
  const { directory: upToDate } = await victimOf(at("device"), { ...mirror, until: "check" }, []);
  return {
    scratch,
    project,
    stores: { one: at("store-before"), oneLater: at("store-now"), two: at("store-now"), twoRevoked: at("store-now") },
    devices: { newborn: at("newborn"), one: at("device"), two: upToDate, oneWarned: upToDate },
    trojan: await packProgram(at("trojan"), project.plan.product, trojanWords),
    planted: new Map(),
  };
}

/** Waits until publish has issued another timestamp than the one in a copy. */
async function newTimestamp(project: Project, copy: string): Promise<void> {
  const { view } = await openBase(project, copy);
  for (;;) {
    const now = await readFile(join(storeDirectory(project), "metadata", "timestamp.json"));
    if (!now.equals(view.timestamp.bytes)) return;
    await sleep(100);
  }
}
