// SPDX-License-Identifier: Apache-2.0
import type { NoteSigner } from "@countersign/tlog/signer";
import { accept } from "@countersign/trust/refusal";
import { type Attack, checks } from "./lab/attack.ts";
import { keyOf, openBase, taken } from "./lab/base.ts";
import { relist, together } from "./lab/forge.ts";
import { attackersKey, publishKeys } from "./lab/keys.ts";
import { trojanWords } from "./lab/lab.ts";
import { product } from "./lab/lab-plan.ts";
import { startMirror } from "./lab/mirror.ts";
import { honestLog, ownLog, witnessNamed } from "./lab/own-log.ts";
import { inventedEntry } from "./lab/seen.ts";
import { builderKey, loggedTrojan } from "./lab/trojan-release.ts";
import { believes, runs, strikeDevice } from "./lab/victim.ts";

/** Everybody signed, and nobody logged it: what is missing is made to look like a proof. */
export const forgedProof: Attack = {
  name: "forged-proof",
  holds: "two signers, both keys of publish, the server, and the approval of people who were fooled; neither the log nor a witness",
  async prepare({ project, stores, devices, trojan, scratch }, stack) {
    const base = await openBase(project, stores.oneLater);
    const { ledger: trust, time, checkpoint } = base.view;
    const keys = await publishKeys(project);
    const signers = await Promise.all(project.plan.signers.holders.slice(0, 2).map(({ holder }) => keyOf(project, holder)));
    const honest = await honestLog(project, base); // it takes entries from anybody, and was given all but the release

    const own = {
      ...honest,
      append: async (entry: Parameters<typeof honest.append>[0]) =>
        entry.type === "release" ? accept({ index: 0, proof: base.last.proof }) : honest.append(entry),
    };
    const world = { project, base, ledger: own, trojan, scratch };
    const release = await loggedTrojan(world, { signers, certify: (build) => builderKey(project, build, time * 1000) });
    const listed = await relist(base, { "stable.json": release.channel.file }, keys, { checkpoint: await honest.note() });
    const borrowed = stack.use(await startMirror(stores.oneLater, together(await honest.files(), release.files, listed)));

    const key = attackersKey();
    const impostor = ({ name, type, publicKey }: Omit<NoteSigner, "sign">): NoteSigner => ({
      name,
      type,
      publicKey,
      sign: (message) => key.sign(message),
    });
    const forged = await ownLog(
      base,
      checkpoint.checkpoint.size,
      impostor(trust.log),
      trust.witnesses.map((witness) => witnessNamed(impostor(witness))),
    );
    taken(await forged.append(inventedEntry("signed by nobody")));
    const dated = await relist(base, {}, keys, { checkpoint: await forged.note() });
    const signedByNobody = stack.use(await startMirror(stores.oneLater, together(await forged.files(), dated)));
    return [
      {
        does: "puts the proof of release 1 beside an approved trojan that was never logged",
        stoppedBy: checks("entry/logged"),
        strike: (without) => strikeDevice(devices.one, borrowed, without, runs(product, trojanWords)),
      },
      {
        does: "signs a ledger with a key of its own, under the names and key identifiers of the log and its witnesses",
        stoppedBy: checks("timestamp/cosigned"),
        strike: (without) =>
          strikeDevice(
            devices.one,
            { ...signedByNobody, until: "check" },
            without,
            believes("timestamp", dated.get("metadata/timestamp.json") as Uint8Array),
          ),
      },
    ];
  },
};
