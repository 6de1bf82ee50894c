// SPDX-License-Identifier: Apache-2.0
import { Hono } from "hono";
import type { Database } from "./database.ts";

const NEWEST = 1000;

/** `GET /acts`: the newest thousand, newest first, without their bodies. */
export function acts(database: Database): Hono {
  return new Hono().get("/", async (context) => {
    const columns = ["number", "time", "who", "act", "subject", "digest", "index"] as const;
    const rows = await database.selectFrom("acts").select(columns).orderBy("number", "desc").limit(NEWEST).execute();
    return context.json({ acts: rows });
  });
}
