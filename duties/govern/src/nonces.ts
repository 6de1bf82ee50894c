// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import type { Database } from "./database.ts";

/** How long a nonce is given out; it counts for as long again. */
const periodMilliseconds = 60_000;

/** The nonce that is given out now and the one before, the same in every process (RFC 9449, 8): a proof with one of them was made lately. */
export interface Nonces {
  readonly current: string;
  readonly isOurs: (nonce: string) => boolean;
}

/** Nonces at a time in Unix milliseconds. The first process that needs one draws it, for all. */
export async function noncesAt(database: Database, now: number): Promise<Nonces> {
  const period = Math.floor(now / periodMilliseconds);
  const rows = await database
    .selectFrom("nonces")
    .selectAll()
    .where("period", ">=", period - 1)
    .execute();
  const current = rows.find((row) => row.period === period)?.nonce ?? (await draw(database, period));
  const before = rows.find((row) => row.period === period - 1)?.nonce;
  return { current, isOurs: (nonce) => nonce === current || nonce === before };
}

async function draw(database: Database, period: number): Promise<string> {
  await database
    .insertInto("nonces")
    .values({ period, nonce: randomBytes(16).toString("base64url") })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await database
    .deleteFrom("nonces")
    .where("period", "<", period - 1)
    .execute();
  const { nonce } = await database.selectFrom("nonces").select("nonce").where("period", "=", period).executeTakeFirstOrThrow();
  return nonce;
}
