// SPDX-License-Identifier: Apache-2.0
import type { Vkey } from "@countersign/tlog/vkey";
import type { Root } from "@countersign/trust/anchor/root";
import { keyidOf } from "@countersign/trust/key";
import type { Policy } from "@countersign/trust/policy/policy";

/** The keys that no denial may name: of root, targets, snapshot and timestamp, of the log and its witnesses, and of revokers, `own` among them. */
export function protectedKeys(root: Root, policy: Policy | undefined, own: string): ReadonlySet<string> {
  const { log, witnesses } = root.countersign;
  const inLedger = [log.vkey, ...witnesses].map(keyidOfVkey);
  return new Set([...Object.keys(root.keys), ...inLedger, ...Object.values(policy?.revokers ?? {}), own]);
}

function keyidOfVkey({ publicKey }: Vkey): string {
  return keyidOf({ keytype: "ed25519", scheme: "ed25519", keyval: { public: Buffer.from(publicKey).toString("hex") } });
}
