// SPDX-License-Identifier: Apache-2.0
import type { Build, BuilderKey } from "@countersign/build/attest";
import { signDocument } from "@countersign/repository/sign-document";
import { longestCertificate } from "@countersign/trust/build/certificate";
import { firstBuilder } from "@countersign/world/plan";
import { type Attack, checks, type Move, planted } from "./lab/attack.ts";
import { keyOf, openBase } from "./lab/base.ts";
import { strikeSigner } from "./lab/fooled-signer.ts";
import { relist, together } from "./lab/forge.ts";
import { attackersKey, publishKeys } from "./lab/keys.ts";
import { trojanWords } from "./lab/lab.ts";
import { product } from "./lab/lab-plan.ts";
import type { LiveWorld } from "./lab/live-world.ts";
import { startMirror } from "./lab/mirror.ts";
import { builderKey, type Forgery, loggedTrojan, type TrojanRelease } from "./lab/trojan-release.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

interface ForgedBuild {
  readonly what: string;
  readonly stoppedBy: readonly string[];
  readonly release: TrojanRelease;
}

/** People were fooled and approved; what was built, from what and by whom is not what the policy says. */
export const forgedProvenance: Attack = planted<readonly ForgedBuild[]>({
  name: "forged-provenance",
  holds: "the approval of people who were fooled; against devices also two signers, publish and the server",
  takes: ["ci", "ana", "ben", "cleo", "sign-ana", "sign-ben", "publish-snapshot", "publish-timestamp", "distribute"],
  async plant(world) {
    const { source, parameters } = firstBuilder(world.project.plan);
    const genuine = (build: Build) => builderKey(world.project, build);
    return Promise.all([
      forgedBuild(world, "by a builder that nobody trusts", ["provenance/builders"], { builder: attackersKey() }),
      forgedBuild(world, "by a key whose certificate the attacker signed in the issuer's name", ["provenance/certificate"], {
        certify: async (build) => certifiedByItself(await genuine(build)),
      }),
      forgedBuild(world, "by the attacker's key, beside somebody's genuine certificate", ["provenance/builders"], {
        certify: async (build) => ({ ...(await genuine(build)), sign: attackersKey().sign }),
      }),
      forgedBuild(world, "by a key that was certified for longer than the policy allows", ["provenance/certificate-lifetime"], {
        certify: async (build) => builderKey(world.project, build, Date.now(), longestCertificate),
      }),
      forgedBuild(world, "by the trusted builder from another source", ["provenance/definition", "provenance/certificate-claims"], {
        build: { source: `${source}-fork` },
      }),
      forgedBuild(world, "by the trusted builder with one parameter more", ["provenance/definition", "provenance/certificate-claims"], {
        build: { parameters: { ...parameters, plugin: "backdoor" } },
      }),
    ]);
  },
  async prepare(lab, stack, builds) {
    const { project, stores, devices } = lab;
    const base = await openBase(project, stores.oneLater);
    const keys = await publishKeys(project);
    const moves: Move[] = [];
    for (const { what, stoppedBy, release } of builds) {
      const listed = await relist(base, { "stable.json": release.channel.file }, keys);
      const uploaded = stack.use(await startMirror(stores.oneLater, release.files));
      const published = stack.use(await startMirror(stores.oneLater, together(release.files, listed)));
      moves.push(
        {
          does: `asks a signer for an approved release that was built ${what}`,
          stoppedBy: checks(...stoppedBy),
          strike: (without) => strikeSigner(lab, "sign-cleo", uploaded.url, release, without),
        },
        {
          does: `offers a device a signed and approved release that was built ${what}`,
          stoppedBy: checks(...stoppedBy),
          strike: (without) => strikeDevice(devices.one, published, without, runs(product, trojanWords)),
        },
      );
    }
    return moves;
  },
});

async function forgedBuild(
  world: LiveWorld,
  what: string,
  stoppedBy: readonly string[],
  forgery: Omit<Forgery, "signers">,
): Promise<ForgedBuild> {
  const signers = [await keyOf(world.project, "sign-ana"), await keyOf(world.project, "sign-ben")];
  return { what, stoppedBy, release: await loggedTrojan(world, { ...forgery, signers }) };
}

/** The same key under the same words, which the attacker signed and says that the issuer did. */
async function certifiedByItself(key: BuilderKey): Promise<BuilderKey> {
  const { certificate } = key;
  if (certificate === undefined) throw new Error("the lab's builder has a standing key");
  const { signatures } = await signDocument(certificate.signed, [attackersKey()]);
  const [issuer] = certificate.signatures;
  return {
    ...key,
    certificate: { signed: certificate.signed, signatures: signatures.map(({ sig }) => ({ keyid: issuer?.keyid ?? "", sig })) },
  };
}
