// SPDX-License-Identifier: Apache-2.0
import type { AnyKind } from "./act-kind.ts";
import { apartKinds } from "./apart/apart-acts.ts";
import { breakKinds } from "./break-glass/break-acts.ts";
import { entryKinds } from "./entry-acts.ts";
import { grantKinds } from "./grant-acts.ts";
import { historyKinds } from "./history-acts.ts";
import { identityKinds } from "./identity-acts.ts";
import { offboardKinds } from "./offboard/offboard-acts.ts";
import { proposalKinds } from "./proposal-acts.ts";
import { requestKinds } from "./request-acts.ts";
import { reviewKinds } from "./review/review-acts.ts";
import { windowKinds } from "./window-acts.ts";

/** Everything that can happen here, by name. */
export const kinds: ReadonlyMap<string, AnyKind> = tableOf([
  ...historyKinds,
  ...identityKinds,
  ...proposalKinds,
  ...entryKinds,
  ...requestKinds,
  ...windowKinds,
  ...grantKinds,
  ...apartKinds,
  ...reviewKinds,
  ...offboardKinds,
  ...breakKinds,
]);

function tableOf(list: readonly AnyKind[]): ReadonlyMap<string, AnyKind> {
  const table = new Map(list.map((kind) => [kind.name, kind]));
  if (table.size !== list.length) throw new Error("two kinds of act have one name");
  return table;
}
