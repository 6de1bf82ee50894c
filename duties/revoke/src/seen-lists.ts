// SPDX-License-Identifier: Apache-2.0
import { dutyKeyOf, type Policy } from "@countersign/trust/policy/policy";
import type { Read } from "@countersign/trust/workflow/step";
import { readOwnList } from "./list-file.ts";

/**
 * By key, the version of every other revoker's list as it stands in the store, if its own key signed it. Said in our own list, it keeps whoever
 * serves ours from leaving theirs out. A list that does not read is not seen: nobody can make us say no more, or less, than we saw.
 */
export async function seenLists(read: Read, policy: Policy, own: string): Promise<Readonly<Record<string, number>>> {
  const others = Object.entries(policy.revokers).filter(([revoker]) => revoker !== own);
  const seen: Record<string, number> = {};
  for (const [revoker, keyid] of others) {
    const key = dutyKeyOf(policy, keyid);
    const list = key && (await readOwnList(read, revoker, { keyid, tuf: key }));
    if (list !== undefined) seen[keyid] = list.signed.version;
  }
  return seen;
}
