// SPDX-License-Identifier: Apache-2.0
import type { ProposalState } from "@countersign/release/proposal";
import { Hono } from "hono";
import { z } from "zod";
import { answer, readBody } from "./answer.ts";
import { approve } from "./approve.ts";
import { evidence } from "./evidence.ts";
import type { Govern } from "./govern.ts";
import { detailOf, summaries } from "./proposal-views.ts";
import { propose } from "./propose.ts";
import type { RouteDescription } from "./shapes.ts";
import { carriedIn } from "./use-grant.ts";

/** Documents in it are read by the decoders of what they are. */
const proposalShape: z.ZodType<{ readonly body: unknown; readonly proposal: unknown }> = z.strictObject({
  body: z.unknown(),
  proposal: z.unknown(),
});

/** Releases and orders on their way, and their approvals. */
export function proposals(govern: Govern): Hono {
  const app = new Hono();

  app.post("/", async ({ req }) => {
    const asked = await readBody(req, proposalShape);
    return answer(asked.ok ? await propose(govern, asked.value.body, asked.value.proposal, carriedIn(req)) : asked, 201);
  });

  app.get("/", async (context) => {
    const state = context.req.query("state") as ProposalState | undefined; // another word matches nothing
    return answer(await summaries(govern, state));
  });

  app.get("/:digest", async ({ req }) => answer(await detailOf(govern, req.param("digest"))));

  app.post("/:digest/approvals", async ({ req }) => {
    const document = await readBody(req, evidence);
    return answer(document.ok ? await approve(govern, req.param("digest"), document.value) : document);
  });

  return app;
}

export const proposalRoutes: readonly RouteDescription[] = [
  { method: "GET", path: "/proposals", summary: "the newest two hundred releases and orders, or those in one state", query: ["state"] },
  { method: "GET", path: "/proposals/:digest", summary: "one of them, with all that is known of it" },
  { method: "POST", path: "/proposals", summary: "a statement or order, and the proposer's approval document", body: proposalShape },
  { method: "POST", path: "/proposals/:digest/approvals", summary: "an approval document", body: evidence },
];
