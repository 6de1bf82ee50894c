// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { layGround } from "@countersign/world/ground";
import type { Plan } from "@countersign/world/plan";
import { soloPlan } from "@countersign/world/plans/solo";
import { storeDirectory } from "@countersign/world/project";
import { type Attack, checks, planted } from "./lab/attack.ts";
import { trojanWords } from "./lab/lab.ts";
import { labPlan, product } from "./lab/lab-plan.ts";
import { startMirror } from "./lab/mirror.ts";
import { claimToFollow, publishTrojan } from "./lab/own-world.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

/** The attacker alone is everybody, and calls the product by the name that devices know. */
const { soakSeconds, urgent, pace } = labPlan;
const attackersPlan: Plan = { ...soloPlan(product, labPlan.channel, "mallory"), soakSeconds, urgent, pace };

/** The attacker is a publisher too, with a ledger and witnesses that run, and a root that says it follows the one that devices trust. */
export const arbitrarySoftware: Attack = planted<string>({
  name: "arbitrary-software",
  holds: "a server, and a whole world of its own with every key in it",
  takes: ["distribute"],
  async plant({ scratch, trojan }) {
    await using ground = await layGround(join(scratch, "attackers-world"), attackersPlan);
    await claimToFollow(ground);
    await publishTrojan(ground, trojan);
    return storeDirectory(ground.project);
  },
  async prepare({ devices }, stack, store) {
    const mirror = stack.use(await startMirror(store));
    return [
      {
        does: "serves a repository of its own, with a second root that claims to follow the trusted one",
        stoppedBy: checks("root/signatures-of-the-old", "root/owners-of-the-old", "root/logged"),
        strike: (without) => strikeDevice(devices.newborn, mirror, without, runs(product, trojanWords)),
      },
    ];
  },
});
