// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { dutyDirectory } from "@countersign/world/project";
import { type Attack, checks, planted } from "./lab/attack.ts";
import { keyOf, openBase } from "./lab/base.ts";
import { strikeSigner } from "./lab/fooled-signer.ts";
import { together } from "./lab/forge.ts";
import { type Files, startMirror } from "./lab/mirror.ts";
import { loggedTrojan, type TrojanRelease } from "./lab/trojan-release.ts";

/**
 * A signer's host has fallen, and its record is erased. People were fooled into approving a second statement for the sequence that release 2 has, and the
 * attacker hides release 2, so that some devices could be shown the one and some the other. The other signers keep records of their own.
 */
export const secondStatement: Attack = planted<TrojanRelease>({
  name: "second-statement",
  holds: "one signer with its record, govern, the server, and the approval of people who were fooled",
  takes: ["sign-ana", "ci", "ana", "govern", "distribute"],
  plant: async (world) => loggedTrojan(world, { signers: [await keyOf(world.project, "sign-ana")] }),
  async prepare(lab, stack, release) {
    const { project, stores } = lab;
    const signed = (await openBase(project, stores.two)).channel.signatures.map(({ keyid }) => keyid);
    const holders = project.plan.signers.holders.map(({ holder }) => holder).slice(1);
    const keys = await Promise.all(holders.map(async (holder) => ({ holder, keyid: (await keyOf(project, holder)).keyid })));
    const honest = keys.find(({ keyid }) => signed.includes(keyid));
    if (honest === undefined) throw new Error("nobody but the fallen signer signed release 2");
    const later = together(await filesUnder(stores.two, "log"), await filesUnder(stores.two, "revocations"), release.files);
    const mirror = stack.use(await startMirror(stores.oneLater, later));
    const record = join(dutyDirectory(project, honest.holder), "record.sqlite");
    return [
      {
        does: "asks another signer for a second, approved statement of the sequence that it has signed for",
        stoppedBy: checks("record/one-statement-a-sequence"),
        strike: (without) => strikeSigner(lab, honest.holder, mirror.url, release, without, record),
      },
    ];
  },
});

/** The newest ledger and lists, which every reader sees somewhere: only the repository beside them is from before release 2. */
async function filesUnder(store: string, directory: string): Promise<Files> {
  const found = await readdir(join(store, directory), { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [relative(store, file), await readFile(file)] as const)));
}
