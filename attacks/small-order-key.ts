// SPDX-License-Identifier: Apache-2.0
import { documentBytes, signDocument } from "@countersign/repository/sign-document";
import { targetFileOf } from "@countersign/repository/target-path";
import { formatVkey } from "@countersign/tlog/vkey";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import type { Plan } from "@countersign/world/plan";
import type { Attack } from "./lab/attack.ts";
import { keyOf, openBase, taken } from "./lab/base.ts";
import { relist, together, withProof } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { startMirror } from "./lab/mirror.ts";
import { honestLog } from "./lab/own-log.ts";
import { believes, strikeDevice } from "./lab/victim.ts";

/** The identity of the curve: on runtimes before Node 24 everybody can sign everything under it, with R = the identity and S = 0. */
const identity = Buffer.from(`01${"00".repeat(31)}`, "hex");

/**
 * Somebody gets a key into what others sign that looks like any key, and under which anybody can sign anything. It is refused when the document is read, on every
 * runtime: no list of checks holds that.
 */
export const smallOrderKey: Attack = {
  name: "small-order-key",
  holds:
    "a key of small order, and a quorum that signed it unawares: of root by the first move, of targets by the second; both keys of publish, and the server",
  async prepare({ project, stores, devices }, stack) {
    const base = await openBase(project, stores.oneLater);
    const { view } = base;
    const signed = async (document: object, { holders, threshold }: Plan["root"]) => {
      const quorum = await Promise.all(holders.slice(0, threshold).map(({ holder }) => keyOf(project, holder)));
      return documentBytes(await signDocument(document, quorum));
    };
    const log = await honestLog(project, base);

    const { signed: fields } = JSON.parse(Buffer.from(view.root.bytes).toString());
    const [, ...others] = fields.countersign.witnesses;
    const witnesses = [formatVkey("w.example", 4, identity), ...others];
    const root = await signed(
      { ...fields, version: fields.version + 1, countersign: { ...fields.countersign, witnesses } },
      project.plan.root,
    );
    const rootProof = taken(await log.append({ type: "root", digest: sha256(root) })).proof;

    const [keyid = ""] = Object.keys(view.policy.holders);
    const weak = { keytype: "ed25519", scheme: "ed25519", keyval: { public: identity.toString("hex") } };
    const holders = { ...view.policy.holders, [keyid]: { ...view.policy.holders[keyid], key: weak } };
    const policy = servedBytes({ ...view.policy, version: view.policy.version + 1, holders });
    const document = { ...view.targets.signed, version: view.targets.signed.version + 1, targets: { "policy.json": targetFileOf(policy) } };
    const targets = await signed(document, project.plan.targets);
    const targetsProof = taken(await log.append({ type: "targets", digest: sha256(targets) })).proof;
    const listed = await relist(base, { "targets.json": { version: document.version, bytes: targets } }, await publishKeys(project), {
      checkpoint: await log.note(),
    });

    const inRoot = stack.use(
      await startMirror(stores.oneLater, withProof(sha256(root), rootProof, `metadata/${fields.version + 1}.root.json`, root)),
    );
    const files = withProof(sha256(targets), targetsProof, `targets/${sha256(policy)}.policy.json`, policy);
    const inPolicy = stack.use(await startMirror(stores.oneLater, together(await log.files(), files, listed)));
    return [
      {
        does: "names it as a witness, in a next root",
        stoppedBy: [],
        bound: "malformed-document",
        strike: (without) =>
          strikeDevice(devices.one, { ...inRoot, until: "check" }, without, believes(`${fields.version + 1}.root`, root)),
      },
      {
        does: "names it as somebody's key, in a next policy",
        stoppedBy: [],
        bound: "malformed-document",
        strike: (without) => strikeDevice(devices.one, { ...inPolicy, until: "check" }, without, believes("targets", targets)),
      },
    ];
  },
};
