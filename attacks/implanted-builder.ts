// SPDX-License-Identifier: Apache-2.0
import { attest, type Build } from "@countersign/build/attest";
import { keyForBuild } from "@countersign/world/certified-key";
import { agreedBuild } from "@countersign/world/plan";
import { type Attack, checks, type Move, plantedOnAgent } from "./lab/attack.ts";
import { keyOf, openBase } from "./lab/base.ts";
import { strikeObserver } from "./lab/fooled-observer.ts";
import { strikeSigner } from "./lab/fooled-signer.ts";
import { relist, together, type Voice } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { trojanWords } from "./lab/lab.ts";
import { product } from "./lab/lab-plan.ts";
import type { LiveWorld } from "./lab/live-world.ts";
import { startMirror } from "./lab/mirror.ts";
import { buildOf, logRelease, type TrojanRelease } from "./lab/trojan-release.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

interface Implanted {
  readonly what: string;
  readonly stoppedBy: string;
  readonly release: TrojanRelease;
}

/** An implant in one build server, as at SolarWinds: what it attests is genuine in everything but the bytes, and everybody behind it is fooled. The second builder is not. */
export const implantedBuilder: Attack = {
  name: "implanted-builder",
  holds: "one of two build servers; the approval of people who were fooled; against devices also two signers, publish and the server",
  prepare: async () => [],
  onAgent: plantedOnAgent<readonly Implanted[]>({
    plant: (world) =>
      Promise.all([
        implanted(world, "that it alone attested", "provenance/builders", "nothing"),
        implanted(world, "of which the second builder attested the honest bytes", "provenance/subject", "the honest bytes"),
      ]),
    async prepare(lab, stack, found) {
      const { project, stores, devices } = lab;
      const base = await openBase(project, stores.oneLater);
      const keys = await publishKeys(project);
      const moves: Move[] = [];
      for (const { what, stoppedBy, release } of found) {
        const listed = await relist(base, { "stable.json": release.channel.file }, keys);
        const uploaded = stack.use(await startMirror(stores.oneLater, release.files));
        const published = stack.use(await startMirror(stores.oneLater, together(release.files, listed)));
        moves.push(
          {
            does: `asks a signer for an approved trojan ${what}`,
            stoppedBy: checks(stoppedBy, "soak/read-past"),
            strike: (without) => strikeSigner(lab, "sign-cleo", uploaded.url, release, without),
          },
          {
            does: `offers a device a signed and approved trojan ${what}`,
            stoppedBy: checks(stoppedBy, "soak/read-past"),
            strike: (without) => strikeDevice(devices.one, published, without, runs(product, trojanWords)),
          },
        );
      }
      const proven = stack.use(await startMirror(stores.oneLater, together(...found.map(({ release }) => release.files))));
      const shown = { stores: [proven.url], kinds: ["rebuild-differs"], about: lab.trojan.artifact.sha256 };
      moves.push({
        does: "has its build proven in the ledger, where the second builder's honest build of the same commit stands",
        stoppedBy: checks("rebuild-differs"),
        strike: (without) => strikeObserver(lab, shown, without),
      });
      return moves;
    },
  }),
};

async function implanted(world: LiveWorld, what: string, stoppedBy: string, second: "nothing" | "the honest bytes"): Promise<Implanted> {
  const { project, trojan, base } = world;
  const [fallen, honest] = project.plan.builders;
  if (fallen === undefined || honest === undefined) throw new Error("the agent profile has two builders");
  const attested = async (builder: typeof fallen, artifacts: Build["artifacts"]): Promise<Uint8Array> => {
    const build = { ...buildOf(project, trojan), ...agreedBuild(builder), artifacts };
    return attest({ ...build, key: await keyForBuild(builder, await keyOf(project, builder.holder), build, Date.now()) });
  };
  const provenance = [await attested(fallen, [trojan.artifact])];
  const { name } = trojan.artifact; // one commit gives a file of one name, whoever builds it
  if (second === "the honest bytes")
    provenance.push(
      await attested(
        honest,
        base.last.body.artifacts.map((each) => ({ ...each, name })),
      ),
    );
  const voices: Voice[] = [["propose", await keyOf(project, project.plan.proposer.holder)]];
  for (const person of ["ana", "ben"]) voices.push(["approve", await keyOf(project, person)]);
  const signers = [await keyOf(project, "sign-ana"), await keyOf(project, "sign-ben")];
  return { what, stoppedBy, release: await logRelease(world, provenance, voices, signers) };
}
