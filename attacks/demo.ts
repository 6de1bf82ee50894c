// SPDX-License-Identifier: Apache-2.0
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scene } from "@countersign/world/demo/scene";
import { demoAttacks } from "./attacks.ts";
import { tryAttack } from "./lab/judge.ts";
import { labFromWorld } from "./lab/live-lab.ts";

/** Attacks a world that is up and a device of it, on copies, and tells how each attack ended: a row each, and an error if one was not refused. */
export async function attackScene({ world: { project }, device, narrator }: Scene): Promise<readonly (readonly string[])[]> {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "countersign-attack-"));
  const lab = await labFromWorld({ project, device, scratch: scratch.path });
  const rows: (readonly string[])[] = [];
  for (const attack of demoAttacks) {
    narrator.say("attacker", `${attack.name}: holds ${attack.holds}`);
    for (const { does, refused } of await tryAttack(attack, lab)) {
      if (refused.succeeded) throw new Error(`${attack.name} succeeded: ${refused.evidence}`);
      narrator.detail(`${does}`);
      narrator.detail(`refused by ${refused.check} at ${refused.at}: ${refused.evidence}`);
      rows.push([`attack: ${attack.name}`, "refused", `${refused.at}, ${refused.check}`]);
    }
  }
  return rows;
}
