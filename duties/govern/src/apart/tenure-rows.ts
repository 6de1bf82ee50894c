// SPDX-License-Identifier: Apache-2.0
import type { Database } from "../database.ts";
import type { Schema } from "../schema.ts";
import type { Tenure } from "./tenure.ts";

/** A tenure as an act begins it. */
export type Begun = Pick<Tenure, "of" | "by" | "as"> & Pick<Schema["tenures"], "source">;

/** The act by which something begins or ends. */
export interface When {
  readonly number: number;
  readonly time: string;
}

/** Begins a tenure, unless it lasts already; ends none. For the `apply` of whatever puts an identity into hands. */
export async function beginTenure(transaction: Database, { number, time }: When, { of, by, as, source }: Begun): Promise<void> {
  const lasting = transaction.selectFrom("tenures").select("act").where("until", "is", null);
  const same = await lasting.where("of", "=", of).where("by", "=", by).where("as", "=", as).where("source", "=", source).executeTakeFirst();
  if (same === undefined)
    await transaction.insertInto("tenures").values({ act: number, of, by, as, source, since: time, until: null }).execute();
}

/** Ends all tenures of one kind that last over an identity. */
export async function endTenures(transaction: Database, { time }: When, { of, as, source }: Omit<Begun, "by">): Promise<void> {
  await transaction
    .updateTable("tenures")
    .set({ until: time })
    .where("until", "is", null)
    .where("of", "=", of)
    .where("as", "=", as)
    .where("source", "=", source)
    .execute();
}
