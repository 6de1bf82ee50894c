// SPDX-License-Identifier: Apache-2.0
import type { CustodyKey } from "@countersign/custody/key";
import { documentBytes, signDocument } from "@countersign/repository/sign-document";
import { sha256 } from "@countersign/trust/digest";
import { type Attack, planted } from "./lab/attack.ts";
import { type Base, keyOf, openBase } from "./lab/base.ts";
import { relist, together, withProof } from "./lab/forge.ts";
import { attackersKey as newKey, publishKeys } from "./lab/keys.ts";
import { logged } from "./lab/live-world.ts";
import { type Files, startMirror } from "./lab/mirror.ts";
import { type QuietDefence, strikeDevice, type Victim, victimOf } from "./lab/victim.ts";

const utmost = Number.MAX_SAFE_INTEGER;

/** What the owners did when publish was stolen: a root with new online keys, signed by the root quorum, in the ledger. */
interface Rotation {
  readonly snapshot: CustodyKey;
  readonly timestamp: CustodyKey;
  readonly files: Files;
}

/** Versions only rise. Who raises them to the utmost leaves no room for any honest file ever after, unless the keys' end is their end too. */
export const fastForward: Attack = planted<Rotation>({
  name: "fast-forward",
  holds: "both keys of publish for a day, and the server",
  takes: ["publish-snapshot", "publish-timestamp", "distribute"],
  async plant(world) {
    const { project, base } = world;
    const [snapshot, timestamp] = [newKey(), newKey()];
    const bytes = documentBytes(
      await signDocument(await rotated(base, snapshot, timestamp), [await keyOf(project, "root-ana"), await keyOf(project, "root-ben")]),
    );
    const proof = await logged(world, { type: "root", digest: sha256(bytes) });
    return { snapshot, timestamp, files: withProof(sha256(bytes), proof, "metadata/2.root.json", bytes) };
  },
  async prepare({ project, stores, devices }, stack, rotation) {
    const stolen = await relist(await openBase(project, stores.oneLater), {}, await publishKeys(project), {
      snapshotVersion: utmost,
      timestampVersion: utmost,
    });
    const forwarding = stack.use(await startMirror(stores.oneLater, stolen));
    const victim = await victimOf(devices.one, forwarding, []);
    if (victim.report?.result !== "current") throw new Error("the device did not believe the stolen keys");

    const honest = await relist(await openBase(project, stores.two), {}, rotation);
    const mirror = stack.use(await startMirror(stores.two, together(rotation.files, honest)));
    return [
      {
        does: `raises the versions to ${utmost}; then the owners replace the keys, and the honest repository goes on from where it was`,
        stoppedBy: [{ check: "root/online-keys-replaced", without: "gate:recovery from a fast-forward" }],
        strike: (without) => strikeDevice(victim.directory, mirror, without, stuck, cameBack),
      },
    ];
  },
});

/** The root document of the base with other keys for snapshot and timestamp. */
async function rotated({ store }: Base, snapshot: CustodyKey, timestamp: CustodyKey): Promise<object> {
  const { signed } = JSON.parse(Buffer.from((await store.read("metadata/1.root.json")) ?? []).toString());
  const [old] = signed.roles.timestamp.keyids;
  const owner = signed.countersign.owners[old];
  return {
    ...signed,
    version: 2,
    keys: { ...signed.keys, [snapshot.keyid]: snapshot.tuf, [timestamp.keyid]: timestamp.tuf },
    roles: {
      ...signed.roles,
      snapshot: { keyids: [snapshot.keyid], threshold: 1 },
      timestamp: { keyids: [timestamp.keyid], threshold: 1 },
    },
    countersign: {
      ...signed.countersign,
      owners: { ...signed.countersign.owners, [snapshot.keyid]: owner, [timestamp.keyid]: owner },
    },
  };
}

async function stuck({ report }: Victim): Promise<string | undefined> {
  const { code = "", expected = "", found = "" } = report?.refusal ?? {};
  return report?.result === "refused"
    ? `the device refuses the honest repository for ever: ${code}, expected ${expected}; found ${found}`
    : undefined;
}

/** A device that comes back says so by forgetting, not by refusing. */
const cameBack: QuietDefence = {
  check: "root/online-keys-replaced",
  at: "gate 1",
  seen: async ({ report }) => {
    const said = report?.trail.find(({ check }) => check === "root/online-keys-replaced");
    return said && `${said.found}; the device installed release ${report?.running?.version}`;
  },
};
