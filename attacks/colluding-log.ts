// SPDX-License-Identifier: Apache-2.0
import { type Attack, checks } from "./lab/attack.ts";
import { openBase, taken } from "./lab/base.ts";
import { relist, together } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { startMirror } from "./lab/mirror.ts";
import { logSigner, lyingWitness, ownLog } from "./lab/own-log.ts";
import { inventedEntry } from "./lab/seen.ts";
import { believes, strikeDevice } from "./lab/victim.ts";

/** Log and publisher are one, and have a witness of their own. What they keep among themselves has one cosignature, however often. */
export const colludingLog: Attack = {
  name: "colluding-log",
  holds: "the log, one witness of three, both keys of publish, and the server",
  takes: ["ledger", "witness-ana", "publish-snapshot", "publish-timestamp", "distribute"],
  async prepare({ project, stores, devices }, stack) {
    const base = await openBase(project, stores.oneLater);
    const { time, checkpoint } = base.view;
    const [fallen = ""] = project.plan.witnesses.map(({ holder }) => holder);
    const keys = await publishKeys(project);
    const log = await logSigner(project, base);
    const serve = async (times: readonly number[]) => {
      const liars = await Promise.all(times.map((at) => lyingWitness(project, base, fallen, () => at)));
      const own = await ownLog(base, checkpoint.checkpoint.size, log, liars);
      taken(await own.append(inventedEntry("what nobody else is shown")));
      const listed = await relist(base, {}, keys, { checkpoint: await own.note() });
      const mirror = stack.use(await startMirror(stores.oneLater, together(await own.files(), listed)));
      return { mirror, stamp: listed.get("metadata/timestamp.json") as Uint8Array };
    };
    const [once, often] = [await serve([time + 1]), await serve([time + 1, time + 2, time + 3])];
    return [
      {
        does: "dates the repository by a ledger that only their own witness cosigned",
        stoppedBy: checks("timestamp/cosigned"),
        strike: (without) => strikeDevice(devices.one, { ...once.mirror, until: "check" }, without, believes("timestamp", once.stamp)),
      },
      {
        does: "has that witness cosign it three times, at three times of day",
        stoppedBy: checks("timestamp/cosigned"),
        strike: (without) => strikeDevice(devices.one, { ...often.mirror, until: "check" }, without, believes("timestamp", often.stamp)),
      },
    ];
  },
};
