// SPDX-License-Identifier: Apache-2.0
// A root as diffs are shown of, and what other documents beside it are made from.

type Key = { keytype: string; scheme: string; keyval: { public: string } };
type Role = { keyids: string[]; threshold: number };
type Root = {
  _type: string;
  spec_version: string;
  version: number;
  expires: string;
  consistent_snapshot: boolean;
  keys: Record<string, Key>;
  roles: Record<"root" | "targets" | "snapshot" | "timestamp", Role>;
  countersign: {
    owners: Record<string, string>;
    log: { origin: string; vkey: string };
    witnesses: string[];
    witnessQuorum: number;
  };
};

export const ann: string = "a".repeat(64);
export const ben: string = "b".repeat(64);
export const cem: string = "c".repeat(64);
export const key = (material: string): Key => ({ keytype: "ed25519", scheme: "ed25519", keyval: { public: material } });
export const common: Pick<Root, "spec_version" | "expires"> = { spec_version: "1.0.34", expires: "2027-01-01T00:00:00Z" };
const online = { keyids: [ann], threshold: 1 };
export const root: Root = {
  ...common,
  _type: "root",
  version: 3,
  consistent_snapshot: true,
  keys: { [ann]: key("11"), [ben]: key("22") },
  roles: { root: { keyids: [ann, ben], threshold: 2 }, targets: online, snapshot: online, timestamp: online },
  countersign: {
    owners: { [ann]: "ann", [ben]: "ben" },
    log: { origin: "log.example", vkey: "v" },
    witnesses: ["w1", "w2"],
    witnessQuorum: 2,
  },
};
