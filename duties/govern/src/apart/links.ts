// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome } from "@countersign/trust/refusal";
import { Hono } from "hono";
import { answerAct } from "../act-route.ts";
import type { Govern } from "../govern.ts";
import { perform } from "../perform.ts";
import { type Heard, inTurnOf } from "../personal-act.ts";
import type { Schema } from "../schema.ts";
import type { RouteDescription } from "../shapes.ts";
import { type Linking, linking, personLinked } from "./apart-acts.ts";
import { linksThatHold } from "./books.ts";

/** `POST /links`: a person declares two accounts to be in one hand (`person.link`); `GET /links`. */
export function links(govern: Govern): Hono {
  const app = new Hono();
  app.post("/", ({ req }) =>
    answerAct(govern, req, { act: "person.link", shape: linking, work: (heard) => link(govern, heard), status: 201 }),
  );
  app.get("/", async (context) => {
    const rows = await govern.database.selectFrom("links").selectAll().orderBy("since").execute();
    const holding = new Set(linksThatHold(rows));
    return context.json({ links: rows.map((row) => ({ ...row, holds: holding.has(row) })) });
  });
  return app;
}

export const linkRoutes: readonly RouteDescription[] = [
  { method: "GET", path: "/links", summary: "who declared which accounts to be in one hand, and whether it holds" },
  { method: "POST", path: "/links", summary: "a person declares two accounts to be in one hand", act: "person.link", body: linking },
];

/** The same declaration by the same person is the same. */
async function link(govern: Govern, { said }: Heard<Linking>): Promise<Outcome<{ readonly holds: boolean }>> {
  const { person, subject, body, evidence } = said;
  return inTurnOf(govern, said, async (turn) => {
    const declared = (rows: readonly Schema["links"][]) =>
      rows.filter(({ account, other, as }) => account === subject && other === body.other && as === body.as);
    const before = declared(await turn.selectFrom("links").selectAll().execute());
    if (!before.some(({ by }) => by === person))
      await perform(turn, govern.now(), { who: person, act: personLinked, subject, body: { ...body, evidence } });
    const after = await turn.selectFrom("links").selectAll().execute();
    return accept({ holds: declared(linksThatHold(after)).length > 0 });
  });
}
