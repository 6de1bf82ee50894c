// SPDX-License-Identifier: Apache-2.0
import { type Attack, checks } from "./lab/attack.ts";
import { keyOf, openBase } from "./lab/base.ts";
import { relist, together } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { trojanWords } from "./lab/lab.ts";
import { product } from "./lab/lab-plan.ts";
import { startMirror } from "./lab/mirror.ts";
import { type Cosigner, honestWitness, logSigner, lyingWitness, ownLog } from "./lab/own-log.ts";
import { builderKey, loggedTrojan } from "./lab/trojan-release.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

/** Everybody who signs has been had, and the attacker is in a hurry: what is left is that somebody may object. */
export const soakSkipped: Attack = {
  name: "soak-skipped",
  holds:
    "two signers, both keys of publish, the server, and the approval of people who were fooled; for the other moves also the log and one witness of three",
  async prepare({ project, stores, devices, trojan, scratch }, stack) {
    const base = await openBase(project, stores.oneLater);
    const { time, checkpoint } = base.view;
    const keys = await publishKeys(project);
    const signers = await Promise.all(project.plan.signers.holders.slice(0, 2).map(({ holder }) => keyOf(project, holder)));
    const [fallen = "", ...others] = project.plan.witnesses.map(({ holder }) => holder);
    const log = await logSigner(project, base);
    /** A release, and how wrong the fallen witness is about the time of its entry and of the timestamp's checkpoint. */
    const serve = async (ofEntry: number, ofTimestamp: number) => {
      let wrong = ofEntry;
      const honest = await Promise.all(others.map((holder) => honestWitness(project, base, holder)));
      const cosigners: readonly Cosigner[] = [...honest, await lyingWitness(project, base, fallen, (now) => now + wrong)];
      const ledger = (await ownLog(base, checkpoint.checkpoint.size, log, cosigners)).at(time + 1);
      const world = { project, base, ledger, trojan, scratch };
      const certify = (build: Parameters<typeof builderKey>[1]) => builderKey(project, build, time * 1000);
      const release = await loggedTrojan(world, { signers, certify, statement: { urgent: false } });
      wrong = ofTimestamp;
      const listed = await relist(base, { "stable.json": release.channel.file }, keys, { checkpoint: await ledger.at(time + 2).note() });
      return stack.use(await startMirror(stores.oneLater, together(await ledger.files(), release.files, listed)));
    };
    const aYear = 365 * 86_400;
    const [atOnce, backdated, postdated] = [await serve(0, 0), await serve(-aYear, 0), await serve(0, aYear)];
    return [
      { does: "offers a release a second after it was logged", mirror: atOnce },
      { does: "has the entry cosigned a year ago by a witness of its own", mirror: backdated },
      { does: "has the timestamp's checkpoint cosigned in a year by a witness of its own", mirror: postdated },
    ].map(({ does, mirror }) => ({
      does,
      stoppedBy: checks("soak/elapsed", "revocations/fresh"),
      strike: (without) => strikeDevice(devices.one, mirror, without, runs(product, trojanWords)),
    }));
  },
};
