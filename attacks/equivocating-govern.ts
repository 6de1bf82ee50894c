// SPDX-License-Identifier: Apache-2.0
import { type Attack, checks, planted, type Strike } from "./lab/attack.ts";
import { askSigner, newRecord } from "./lab/fooled-signer.ts";
import { together } from "./lab/forge.ts";
import { startMirror } from "./lab/mirror.ts";
import { loggedTrojan, type TrojanRelease } from "./lab/trojan-release.ts";

/**
 * Govern has fallen, and shows one statement to some people and signers, and another of the same sequence to the others. Both were built, approved by those who saw
 * them, and logged. Two of three signers make a quorum; the attacker wants one for each statement, to show devices the one or the other.
 */
export const equivocatingGovern: Attack = planted<readonly [TrojanRelease, TrojanRelease]>({
  name: "equivocating-govern",
  holds: "govern, the server, and the approvals of people who were shown different statements",
  takes: ["govern", "distribute"],
  plant: async (world) => [
    await loggedTrojan(world, { signers: [], statement: { version: "2.0.0-for-some" } }),
    await loggedTrojan(world, { signers: [], statement: { version: "2.0.0-for-others" } }),
  ],
  async prepare(lab, stack, [one, other]) {
    const { stores, project } = lab;
    const mirror = stack.use(await startMirror(stores.oneLater, together(one.files, other.files)));
    const [first = "", second = "", third = ""] = project.plan.signers.holders.map(({ holder }) => holder);
    const ask = (holder: string, release: TrojanRelease, without: readonly string[], record: string): Promise<Strike> =>
      askSigner(lab, holder, mirror.url, release, without, record);
    return [
      {
        does: "asks one signer for the one statement, another for the other, and the third for both",
        stoppedBy: checks("record/one-statement-a-sequence"),
        strike: async (without) => {
          const record = newRecord(lab, third);
          const asked = [
            await ask(first, one, without, newRecord(lab, first)),
            await ask(third, one, without, record),
            await ask(second, other, without, newRecord(lab, second)),
          ];
          const refused = asked.find(({ succeeded }) => !succeeded);
          if (refused !== undefined) return refused; // nothing is shown where one statement finds no quorum
          const last = await ask(third, other, without, record);
          return last.succeeded ? { succeeded: true, evidence: `both statements have a quorum: ${last.evidence}` } : last;
        },
      },
    ];
  },
});
