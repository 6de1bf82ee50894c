// SPDX-License-Identifier: Apache-2.0
import type { RequestState } from "@countersign/release/govern-client";
import type { Digest } from "@countersign/trust/digest";
import { refuse } from "@countersign/trust/refusal";
import { Hono } from "hono";
import { answer, readBody } from "./answer.ts";
import type { Database } from "./database.ts";
import type { Govern } from "./govern.ts";
import type { Progress } from "./progress.ts";
import { countPublication } from "./publication.ts";
import type { Schema } from "./schema.ts";
import type { RouteDescription } from "./shapes.ts";
import { countSignature, hearRefusal, signaturesOf, trailsOf } from "./signing.ts";
import { refusalShape, signatureShape } from "./trail.ts";
import { carriedIn } from "./use-grant.ts";

/** How many requests one answer holds: the newest ones, oldest first. */
const NEWEST = 100;

/** What signers and publish ask for, and what they answer. */
export function requests(govern: Govern, progress: Progress): Hono {
  const { database } = govern;
  const app = new Hono();

  app.get("/", async (context) => {
    const state = context.req.query("state") as RequestState | undefined; // another word matches nothing
    const newest = database.selectFrom("requests").selectAll().orderBy("opened", "desc").limit(NEWEST);
    const rows = await (state === undefined ? newest : newest.where("state", "=", state)).execute();
    return context.json({ requests: await Promise.all(rows.reverse().map((row) => documentOf(row, database))) });
  });

  app.post("/:id/signatures", async ({ req }) => {
    const body = await readBody(req, signatureShape);
    if (!body.ok) return answer(body);
    const { keyid, sig, signer, verdicts } = body.value;
    return answer(await countSignature(govern, req.param("id"), { keyid, sig }, { signer, ok: true, verdicts }, carriedIn(req)));
  });

  app.post("/:id/refusals", async ({ req }) => {
    const body = await readBody(req, refusalShape);
    return answer(body.ok ? await hearRefusal(govern, req.param("id"), { ...body.value, ok: false }) : body);
  });

  app.post("/:id/publications", async ({ req }) => answer(await countPublication(govern, req.param("id"), carriedIn(req))));

  /** A hint that is not believed: govern looks for itself. */
  app.post("/:id/published", async ({ req }) => {
    const id = req.param("id") as Digest;
    await progress();
    const row = await database.selectFrom("requests").select("state").where("id", "=", id).executeTakeFirst();
    return answer(row === undefined ? refuse("request-unknown", "a request", id, "See GET /requests.") : { ok: true, value: row });
  });

  return app;
}

async function documentOf({ id, channel, added, channelFile, heads, state }: Schema["requests"], database: Database): Promise<unknown> {
  const signatures = await signaturesOf(database, id);
  const trails = await trailsOf(database, id);
  return { id, channel, channelFile: JSON.parse(channelFile), heads: JSON.parse(heads), added, signatures, trails, state };
}

export const requestRoutes: readonly RouteDescription[] = [
  { method: "GET", path: "/requests", summary: "the newest hundred requests of signatures, or those in one state", query: ["state"] },
  {
    method: "POST",
    path: "/requests/:id/signatures",
    summary: "a signer signs; under a grant, where that starts something",
    body: signatureShape,
  },
  { method: "POST", path: "/requests/:id/refusals", summary: "a signer says why not", body: refusalShape },
  { method: "POST", path: "/requests/:id/publications", summary: "publish is about to show what starts something, under a grant" },
  { method: "POST", path: "/requests/:id/published", summary: "a hint to look into the store" },
];
