// SPDX-License-Identifier: Apache-2.0
import { documentBytes, signDocument } from "@countersign/repository/sign-document";
import { sha256 } from "@countersign/trust/digest";
import { proofPath } from "@countersign/trust/workflow/step";
import type { Plan } from "@countersign/world/plan";
import { type Attack, checks } from "./lab/attack.ts";
import { keyOf, openBase } from "./lab/base.ts";
import { relist, together, withProof } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { startMirror } from "./lab/mirror.ts";
import { believes, strikeDevice } from "./lab/victim.ts";

/** Quorums have fallen, and sign what they may sign; but not in public. The proofs beside the files are those of the files before them. */
export const unloggedMetadata: Attack = {
  name: "unlogged-metadata",
  holds: "both keys of publish and the server, and by move two signers, or the quorum of targets or root",
  async prepare({ project, stores, devices }, stack) {
    const base = await openBase(project, stores.oneLater);
    const { view, channel, store } = base;
    const { plan } = project;
    const keys = await publishKeys(project);
    const signed = async <T extends { readonly version: number }>(document: T, { holders, threshold }: Plan["root"]) => {
      const version = document.version + 1;
      const quorum = await Promise.all(holders.slice(0, threshold).map(({ holder }) => keyOf(project, holder)));
      return { version, bytes: documentBytes(await signDocument({ ...document, version }, quorum)) };
    };
    const borrowed = Buffer.from((await store.read(proofPath(channel.digest))) ?? []).toString();
    const serve = async (name: string, file: { readonly version: number; readonly bytes: Uint8Array }) => {
      const listed =
        name === "root.json" ? new Map([[`metadata/${file.version}.${name}`, file.bytes]]) : await relist(base, { [name]: file }, keys);
      return stack.use(await startMirror(stores.oneLater, together(listed, withProof(sha256(file.bytes), borrowed))));
    };
    const renewed = await signed(channel.signed, plan.signers);
    const targets = await signed(view.targets.signed, plan.targets);
    const { signed: rootFields } = JSON.parse(Buffer.from(view.root.bytes).toString());
    const root = await signed(rootFields, plan.root);
    const [channelMirror, targetsMirror, rootMirror] = [
      await serve(`${plan.channel}.json`, renewed),
      await serve("targets.json", targets),
      await serve("root.json", root),
    ];
    return [
      {
        does: "lists a channel file that two signers signed, and that is in no ledger",
        stoppedBy: checks("channel/logged"),
        strike: (without) => strikeDevice(devices.one, { ...channelMirror, until: "check" }, without, believes("channel", renewed.bytes)),
      },
      {
        does: "lists targets that their quorum signed, and that are in no ledger",
        stoppedBy: checks("targets/logged"),
        strike: (without) => strikeDevice(devices.one, { ...targetsMirror, until: "check" }, without, believes("targets", targets.bytes)),
      },
      {
        does: "serves a next root that the owners of root signed, and that is in no ledger",
        stoppedBy: checks("root/logged"),
        strike: (without) =>
          strikeDevice(devices.one, { ...rootMirror, until: "check" }, without, believes(`${root.version}.root`, root.bytes)),
      },
    ];
  },
};
