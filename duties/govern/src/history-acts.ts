// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { type ActKind, type AnyKind, anyKind } from "./act-kind.ts";
import type { Database } from "./database.ts";

type Rows = readonly Readonly<Record<string, string | number | null>>[];

const rows: z.ZodType<Rows> = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()])));

const tables = ["proposals", "approvals", "entries", "requests", "signatures", "trails"] as const;

const shape = z.strictObject({ journal: rows, identities: rows, ...Object.fromEntries(tables.map((table) => [table, rows])) });

/** Rows of each table as they were found. */
export type Adopted = Readonly<Record<"journal" | "identities" | (typeof tables)[number], Rows>>;

/**
 * The first act of a database that is older than the chain: what was found in it. Nobody signed for it, and the ledger knows nothing of how it came
 * about; from here on it does. Who was registered then is remembered and not registered: no owner signed for it.
 */
export const historyAdopted: ActKind<Adopted> = {
  name: "history.adopted",
  body: shape as unknown as z.ZodType<Adopted>,
  entry: "act",
  apply: async (transaction: Database, { body }) => {
    for (const table of tables)
      for (const row of body[table])
        await transaction
          .insertInto(table)
          .values(row as never)
          .execute();
  },
};

export const historyKinds: readonly AnyKind[] = [anyKind(historyAdopted)];
