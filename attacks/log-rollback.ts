// SPDX-License-Identifier: Apache-2.0
import { type Attack, checks } from "./lab/attack.ts";
import { openBase } from "./lab/base.ts";
import { strikeKeeping } from "./lab/evidence.ts";
import { relist } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { startMirror } from "./lab/mirror.ts";
import { logSigner, lyingWitness, ownLog, strikeWitness } from "./lab/own-log.ts";
import { sizeSeenBy } from "./lab/seen.ts";
import { believes, strikeDevice } from "./lab/victim.ts";

/** A backup of the ledger takes its place, so that what was logged last was never said. */
export const logRollback: Attack = {
  name: "log-rollback",
  holds: "the log and a backup of it, both keys of publish, and the server; for the second move also a quorum of witnesses",
  takes: ["ledger", "witness-ana", "witness-ben", "publish-snapshot", "publish-timestamp", "distribute"],
  async prepare({ project, stores, devices }, stack) {
    const base = await openBase(project, stores.two);
    const { ledger, time } = base.view;
    const keys = await publishKeys(project);
    const { view: before } = await openBase(project, stores.one);
    const again = await relist(base, {}, keys, { checkpoint: before.checkpoint.note });
    const replayed = stack.use(await startMirror(stores.two, again));

    const [first = "", second = "", third = ""] = project.plan.witnesses.map(({ holder }) => holder);
    const liars = [await lyingWitness(project, base, first), await lyingWitness(project, base, second)];
    const size = (await sizeSeenBy(devices.two, ledger)) - 3;
    const restored = (await ownLog(base, size, await logSigner(project, base), liars)).at(time + 1);
    const anew = await relist(base, {}, keys, { checkpoint: await restored.note() });
    const cosigned = stack.use(await startMirror(stores.two, anew));
    const stamp = "metadata/timestamp.json";
    return [
      {
        does: "dates the repository by a checkpoint from before release 2",
        stoppedBy: checks("timestamp/ledger-size"),
        strike: (without) =>
          strikeDevice(devices.two, { ...replayed, until: "check" }, without, believes("timestamp", again.get(stamp) as Uint8Array)),
      },
      {
        does: "has the smaller ledger cosigned anew, by witnesses who have seen the larger one",
        stoppedBy: checks("timestamp/ledger-size"),
        strike: (without) =>
          strikeKeeping(
            devices.two,
            { ...cosigned, until: "check" },
            without,
            believes("timestamp", anew.get(stamp) as Uint8Array),
            ledger,
          ),
      },
      {
        does: "asks an honest witness to cosign it",
        stoppedBy: [],
        bound: "409",
        strike: () => strikeWitness(project, base, third, restored, size),
      },
    ];
  },
};
