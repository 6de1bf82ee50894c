// SPDX-License-Identifier: Apache-2.0
import { proofPath } from "@countersign/trust/workflow/step";
import { type Attack, checks } from "./lab/attack.ts";
import { openBase, taken } from "./lab/base.ts";
import { strikeKeeping } from "./lab/evidence.ts";
import { relist, together } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { product } from "./lab/lab-plan.ts";
import { startMirror } from "./lab/mirror.ts";
import { logSigner, lyingWitness, outgrow, ownLog, strikeWitness } from "./lab/own-log.ts";
import { inventedEntry, sizeSeenBy } from "./lab/seen.ts";
import { believes, runs } from "./lab/victim.ts";

/** The log rewrites what it said, and enough witnesses say that they saw nothing else. The devices that followed it know better, and have both signatures. */
export const logFork: Attack = {
  name: "log-fork",
  holds: "the log, a quorum of its witnesses, both keys of publish, and the server",
  takes: ["ledger", "witness-ana", "witness-ben", "publish-snapshot", "publish-timestamp", "distribute"],
  async prepare({ project, stores, devices }, stack) {
    const base = await openBase(project, stores.two);
    const { ledger, time, targets } = base.view;
    const keys = await publishKeys(project);
    const [first = "", second = "", third = ""] = project.plan.witnesses.map(({ holder }) => holder);
    const liars = [await lyingWitness(project, base, first), await lyingWitness(project, base, second)];
    const log = await logSigner(project, base);

    const same = (await ownLog(base, (await sizeSeenBy(devices.two, ledger)) - 1, log, liars)).at(time + 1);
    taken(await same.append(inventedEntry("in the place of the last entry")));
    const dated = await relist(base, {}, keys, { checkpoint: await same.note() });
    const equal = stack.use(await startMirror(stores.two, together(await same.files(), dated)));

    const larger = (await ownLog(base, (await sizeSeenBy(devices.one, ledger)) - 1, log, liars)).at(time + 1);
    taken(await larger.append(inventedEntry("in the place of what release 1 was under")));
    taken(await larger.append({ type: "targets", digest: targets.digest }));
    const { proof } = taken(await larger.append({ type: "channel", digest: base.channel.digest }));
    const listed = await relist(base, {}, keys, { checkpoint: await larger.note() });
    const proofs = new Map([[proofPath(base.channel.digest), Buffer.from(proof)]]);
    const behind = stack.use(await startMirror(stores.two, together(await larger.files(), proofs, listed)));

    return [
      {
        does: "shows a device another ledger of the size that it has seen",
        stoppedBy: checks("timestamp/ledger-size"),
        strike: (without) => {
          const believed = believes("timestamp", dated.get("metadata/timestamp.json") as Uint8Array);
          return strikeKeeping(devices.two, { ...equal, until: "check" }, without, believed, ledger);
        },
      },
      {
        does: "shows a device a larger ledger that has another entry where the device's last one was, with release 2 in it",
        stoppedBy: checks("ledger/consistent", "entry/consistent", "provenance/consistent"),
        strike: (without) => strikeKeeping(devices.one, behind, without, runs(product, "hello 2.0.0"), ledger),
      },
      {
        does: "asks the witness that is left to cosign it",
        stoppedBy: [],
        bound: "inconsistent",
        strike: async () => strikeWitness(project, base, third, await outgrow(larger, base)),
      },
    ];
  },
};
