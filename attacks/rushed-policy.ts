// SPDX-License-Identifier: Apache-2.0
import { attest } from "@countersign/build/attest";
import { documentBytes, type SigningKey, signDocument } from "@countersign/repository/sign-document";
import { targetFileOf } from "@countersign/repository/target-path";
import { isVerifierRule, type TrustedBuilder } from "@countersign/trust/build/builder-rule";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import type { Holder } from "@countersign/trust/policy/policy";
import { type Attack, planted } from "./lab/attack.ts";
import { keyOf, openBase } from "./lab/base.ts";
import { relist, together, withProof } from "./lab/forge.ts";
import { attackersKey, publishKeys } from "./lab/keys.ts";
import { trojanWords } from "./lab/lab.ts";
import { product } from "./lab/lab-plan.ts";
import { type LiveWorld, logged } from "./lab/live-world.ts";
import { type Files, startMirror } from "./lab/mirror.ts";
import { buildOf, logRelease, type TrojanRelease } from "./lab/trojan-release.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

interface Rushed {
  readonly release: TrojanRelease;
  readonly targets: { readonly version: number; readonly bytes: Uint8Array };
  readonly files: Files;
}

/** Whom the attacker's policy trusts: people and machines of its own invention, with a key each. */
const invented = { builder: attackersKey(), pipeline: attackersKey(), approver: attackersKey(), signer: attackersKey() };

/**
 * The quorum of targets has fallen, and replaces everything that it may: a policy that trusts only the attacker's builder, proposer and approver, and a
 * delegation to the attacker's signer. All of it is signed as it must be and in the ledger, and a release under it is in order. It has not been public for long.
 */
export const rushedPolicy: Attack = planted<readonly [Rushed, Rushed]>({
  name: "rushed-policy",
  holds: "the quorum of targets, both keys of publish, and the server; for the second move also two signers",
  async plant(world) {
    const real = await Promise.all(["sign-ana", "sign-ben"].map((holder) => keyOf(world.project, holder)));
    return [await rushed(world, [invented.signer], true), await rushed(world, real, false)];
  },
  async prepare({ project, stores, devices }, stack, [replaced, kept]) {
    const base = await openBase(project, stores.oneLater);
    const keys = await publishKeys(project);
    const serve = async ({ release, targets, files }: Rushed) => {
      const listed = await relist(base, { "targets.json": targets, "stable.json": release.channel.file }, keys);
      return stack.use(await startMirror(stores.oneLater, together(release.files, files, listed)));
    };
    const [replacing, keeping] = [await serve(replaced), await serve(kept)];
    return [
      {
        does: "replaces policy and signers, and offers a release under them before they have been public for the cooling-off time",
        stoppedBy: [{ check: "policy/signers", without: "memory:policy" }],
        strike: (without) => strikeDevice(devices.one, replacing, without, runs(product, trojanWords)),
      },
      {
        does: "replaces builders and approvers only, as soon",
        stoppedBy: [{ check: "provenance/builders", without: "memory:policy" }],
        strike: (without) => strikeDevice(devices.one, keeping, without, runs(product, trojanWords)),
      },
    ];
  },
});

/** A release that is in order by a policy of the attacker's, and targets that list that policy; their delegation is to the attacker's signer, or left as it is. */
async function rushed(world: LiveWorld, signers: readonly SigningKey[], delegates: boolean): Promise<Rushed> {
  const { project, base, trojan } = world;
  const { policy, targets } = base.view;
  const { builder, pipeline, approver, signer } = invented;
  const provenance = await attest({ ...buildOf(project, trojan), key: builder });
  const voices = [["propose", pipeline] as const, ["approve", approver] as const];
  const release = await logRelease(world, [provenance], voices, signers);

  const holders = Object.entries(invented).map(([name, key]): [string, Holder] => {
    return [key.keyid, { key: key.tuf, holder: `invented-${name}`, owner: `invented-${name}` }];
  });
  const rules = policy.channels["stable"];
  const trusted = rules?.builders.trusted.flatMap(byOwnBuilder);
  const changed = servedBytes({
    ...policy,
    version: policy.version + 1,
    holders: { ...policy.holders, ...Object.fromEntries(holders) },
    channels: { stable: { ...rules, proposers: [pipeline.keyid], approvers: [approver.keyid], builders: { quorum: 1, trusted } } },
  });
  const { delegations } = targets.signed;
  const roles = delegations?.roles?.map((role) => ({ ...role, keyids: [signer.keyid], threshold: 1 }));
  const version = targets.signed.version + 1;
  const document = {
    ...targets.signed,
    version,
    targets: { "policy.json": targetFileOf(changed) },
    delegations: delegates ? { keys: { [signer.keyid]: signer.tuf }, roles } : delegations,
  };
  const quorum = await Promise.all(project.plan.targets.holders.slice(0, 2).map(({ holder }) => keyOf(project, holder)));
  const bytes = documentBytes(await signDocument(document, quorum));
  const proof = await logged(world, { type: "targets", digest: sha256(bytes) });
  const files = withProof(sha256(bytes), proof, `targets/${sha256(changed)}.policy.json`, changed);
  return { release, targets: { version, bytes }, files };
}

/** The same of a build, by the attacker's own key for as long as it likes. */
function byOwnBuilder(rule: TrustedBuilder): readonly TrustedBuilder[] {
  if (isVerifierRule(rule)) return [];
  const { certified: _, ...plain } = rule;
  return [{ ...plain, keyid: invented.builder.keyid }];
}
