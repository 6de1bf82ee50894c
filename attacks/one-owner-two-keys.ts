// SPDX-License-Identifier: Apache-2.0
import { documentBytes, signDocument } from "@countersign/repository/sign-document";
import { targetFileOf } from "@countersign/repository/target-path";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import type { Policy } from "@countersign/trust/policy/policy";
import { type Attack, planted } from "./lab/attack.ts";
import { keyOf, openBase } from "./lab/base.ts";
import { relist, together, withProof } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { trojanWords } from "./lab/lab.ts";
import { product } from "./lab/lab-plan.ts";
import { type LiveWorld, logged } from "./lab/live-world.ts";
import { type Files, startMirror } from "./lab/mirror.ts";
import { loggedTrojan, type TrojanRelease } from "./lab/trojan-release.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

/** Targets that list a policy, signed by the owners and in the ledger. */
interface SignedPolicy {
  readonly targets: { readonly version: number; readonly bytes: Uint8Array };
  readonly files: Files;
}

interface Planted {
  readonly release: TrojanRelease;
  readonly byOwner: SignedPolicy;
  readonly byKey: SignedPolicy;
}

const byPolicy = "policy separation: key";

/** A repository whose policy says that ana answers for two of the three signing keys. The quorum is two, and she fills it alone. */
export const oneOwnerTwoKeys: Attack = planted<Planted>({
  name: "one-owner-two-keys",
  holds: "two of three signing keys, both of one owner, and a release that is in order but for that",
  async plant(world) {
    const signers = [await keyOf(world.project, "sign-ana"), await keyOf(world.project, "sign-ben")];
    const [release, byOwner, byKey] = await Promise.all([
      loggedTrojan(world, { signers }),
      signedPolicy(world, "owner"),
      signedPolicy(world, "key"),
    ]);
    return { release, byOwner, byKey };
  },
  async prepare({ project, stores, devices }, stack, { release, byOwner, byKey }) {
    const base = await openBase(project, stores.oneLater);
    const keys = await publishKeys(project);
    const served = async ({ targets, files }: SignedPolicy) => {
      const listed = await relist(base, { "targets.json": targets, "stable.json": release.channel.file }, keys);
      return stack.use(await startMirror(stores.oneLater, together(release.files, files, listed)));
    };
    const [countsOwners, countsKeys] = [await served(byOwner), await served(byKey)];
    return [
      {
        does: "signs a channel file with two keys of one owner",
        stoppedBy: [{ check: "channel/owners", without: byPolicy }],
        strike: (without) =>
          strikeDevice(devices.newborn, without.includes(byPolicy) ? countsKeys : countsOwners, [], runs(product, trojanWords)),
      },
    ];
  },
});

async function signedPolicy(world: LiveWorld, separation: Policy["separation"]): Promise<SignedPolicy> {
  const { project, base } = world;
  const { policy, targets } = base.view;
  const second = (await keyOf(project, "sign-ben")).keyid;
  const holders = Object.entries(policy.holders).map(([keyid, holder]) => [keyid, keyid === second ? { ...holder, owner: "ana" } : holder]);
  const changed = servedBytes({ ...policy, version: 2, separation, holders: Object.fromEntries(holders) });
  const document = { ...targets.signed, version: 2, targets: { "policy.json": targetFileOf(changed) } };
  const bytes = documentBytes(await signDocument(document, [await keyOf(project, "targets-ana"), await keyOf(project, "targets-ben")]));
  const proof = await logged(world, { type: "targets", digest: sha256(bytes) });
  return {
    targets: { version: 2, bytes },
    files: withProof(sha256(bytes), proof, `targets/${sha256(changed)}.policy.json`, changed),
  };
}
