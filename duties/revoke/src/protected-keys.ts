// SPDX-License-Identifier: Apache-2.0
import type { Root } from "@countersign/trust/anchor/root";
import { keyidOfVkey } from "@countersign/trust/ledger/log-key";
import type { Policy } from "@countersign/trust/policy/policy";

/** The keys that no denial may name: of root, targets, snapshot and timestamp, of the log and its witnesses, and of revokers, `own` among them. */
export function protectedKeys(root: Root, policy: Policy | undefined, own: string): ReadonlySet<string> {
  const { log, witnesses, formerLogs = [] } = root.countersign;
  const inLedger = [{ vkey: log.vkey, witnesses }, ...formerLogs].flatMap((each) => [each.vkey, ...each.witnesses]).map(keyidOfVkey);
  return new Set([...Object.keys(root.keys), ...inLedger, ...Object.values(policy?.revokers ?? {}), own]);
}
