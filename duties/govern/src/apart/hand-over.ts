// SPDX-License-Identifier: Apache-2.0
import type { Database } from "../database.ts";
import { changeRecord } from "../identity-acts.ts";
import { beginTenure, endTenures, type When } from "./tenure-rows.ts";

/** Writes that an identity has another owner and deputy from now on; for kinds of act only. */
export async function putInHands(
  transaction: Database,
  when: When & { readonly who: string },
  of: string,
  { owner, deputy }: { readonly owner: string; readonly deputy: string },
): Promise<void> {
  await changeRecord(transaction, of, { owner, deputy });
  const before = await transaction
    .selectFrom("tenures")
    .select("by")
    .where("of", "=", of)
    .where("as", "=", "owner")
    .where("source", "=", "register")
    .where("until", "is", null)
    .execute();
  await endTenures(transaction, when, { of, as: "owner", source: "register" });
  await beginTenure(transaction, when, { of, by: owner, as: "owner", source: "register" });
  const steppedIn = when.who !== "govern" && when.who !== owner && !before.some(({ by }) => by === when.who);
  if (!steppedIn) return;
  await beginTenure(transaction, when, { of, by: when.who, as: "deputy", source: "register" });
  await endTenures(transaction, when, { of, as: "deputy", source: "register" });
}
