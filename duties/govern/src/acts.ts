// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "@countersign/trust/digest";
import { accept, refuse } from "@countersign/trust/refusal";
import { Hono } from "hono";
import { answer } from "./answer.ts";
import type { Database } from "./database.ts";

const NEWEST = 1000;

/** `GET /acts`: the newest thousand, newest first, without their bodies; and one whole by its digest, which is what the ledger names. */
export function acts(database: Database): Hono {
  const app = new Hono();
  app.get("/", async (context) => {
    const columns = ["number", "time", "who", "act", "subject", "digest", "index"] as const;
    const rows = await database.selectFrom("acts").select(columns).orderBy("number", "desc").limit(NEWEST).execute();
    return context.json({ acts: rows });
  });
  app.get("/:digest", async ({ req }) => {
    const columns = ["number", "previous", "time", "who", "act", "subject", "body"] as const;
    const digest = req.param("digest") as Digest; // another text names no act
    const row = await database.selectFrom("acts").select(columns).where("digest", "=", digest).executeTakeFirst();
    if (row === undefined) return answer(refuse("act-unknown", "the digest of an act", digest, "See: countersign govern verify"));
    return answer(accept({ ...row, body: JSON.parse(row.body) }));
  });
  return app;
}
