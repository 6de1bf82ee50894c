// SPDX-License-Identifier: Apache-2.0
import { Hono } from "hono";
import { z } from "zod";
import { answer, readBody } from "./answer.ts";
import { approve } from "./approve.ts";
import type { Govern } from "./govern.ts";
import { detailOf, summaries } from "./proposal-views.ts";
import { propose } from "./propose.ts";
import type { ProposalState } from "./schema.ts";

const proposalShape = z.strictObject({ body: z.unknown(), proposal: z.unknown() });

/** Releases and orders on their way, and their approvals. */
export function proposals(govern: Govern): Hono {
  const app = new Hono();

  app.post("/", async ({ req }) => {
    const asked = await readBody(req, proposalShape);
    return answer(asked.ok ? await propose(govern, asked.value.body, asked.value.proposal) : asked, 201);
  });

  app.get("/", async (context) => {
    const state = context.req.query("state") as ProposalState | undefined; // another word matches nothing
    return answer(await summaries(govern, state));
  });

  app.get("/:digest", async ({ req }) => answer(await detailOf(govern, req.param("digest"))));

  app.post("/:digest/approvals", async ({ req }) => {
    const document = await readBody(req, z.unknown());
    return answer(document.ok ? await approve(govern, req.param("digest"), document.value) : document);
  });

  return app;
}
