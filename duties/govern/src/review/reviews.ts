// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { Hono } from "hono";
import { z } from "zod";
import { answerAct } from "../act-route.ts";
import { answer } from "../answer.ts";
import { noticePolicy, registerOf } from "../apart/books.ts";
import type { Database } from "../database.ts";
import type { Govern } from "../govern.ts";
import { perform } from "../perform.ts";
import { type Heard, inTurnOf } from "../personal-act.ts";
import { register } from "../register.ts";
import { name, type RouteDescription, whole } from "../shapes.ts";
import { accountableFor, type Campaign, confirmedMilliseconds, type Item, isUnused } from "./campaign.ts";
import { startCampaign } from "./keep-reviews.ts";
import { reviewConfirmed, reviewRemoved } from "./review-acts.ts";

const starting: z.ZodType<{ readonly days: number }> = z.strictObject({ days: whole });
const answering: z.ZodType<{ readonly campaign: string }> = z.strictObject({ campaign: name });

/** Access reviews. Whoever starts or answers one sends an act that they signed: the channel is its subject at first, the item's name from then on. */
export function reviews(govern: Govern): Hono {
  const app = new Hono();
  app.get("/", async () => answer(accept({ campaigns: await campaignsIn(govern.database, govern.now()) })));
  app.post("/", ({ req }) =>
    answerAct(govern, req, { act: "review.start", shape: starting, work: (heard) => start(govern, heard), status: 201 }),
  );
  app.post("/confirmations", ({ req }) =>
    answerAct(govern, req, { act: "review.confirm", shape: answering, work: (heard) => take(govern, heard, "confirmed") }),
  );
  app.post("/removals", ({ req }) =>
    answerAct(govern, req, { act: "review.remove", shape: answering, work: (heard) => take(govern, heard, "removed") }),
  );
  return app;
}

export const reviewRoutes: readonly RouteDescription[] = [
  { method: "GET", path: "/reviews", summary: "campaigns, their items, and who has to answer" },
  { method: "POST", path: "/reviews", summary: "a person starts a campaign of a channel", act: "review.start", body: starting },
  { method: "POST", path: "/reviews/confirmations", summary: "another person confirms a power", act: "review.confirm", body: answering },
  { method: "POST", path: "/reviews/removals", summary: "anybody takes one away", act: "review.remove", body: answering },
];

/** An item as it is shown. */
export interface ShownItem extends Item {
  /** Who answers for it, and is reminded. */
  readonly accountable: string;
  /** Nobody used it for long: removing it is proposed. */
  readonly unused: boolean;
}

export type ShownCampaign = Campaign & { readonly items: readonly ShownItem[] };

/** Every campaign, the newest first. */
export async function campaignsIn(database: Database, now: number): Promise<readonly ShownCampaign[]> {
  const campaigns = await database.selectFrom("campaigns").selectAll().orderBy("started", "desc").execute();
  const items = await database.selectFrom("items").selectAll().orderBy("name").execute();
  const identities = await register(database);
  const left = (await database.selectFrom("leavers").select("person").execute()).map(({ person }) => person);
  return campaigns.map((campaign) => ({
    ...campaign,
    items: items
      .filter((item) => item.campaign === campaign.id)
      .map((item) => ({ ...item, accountable: accountableFor(item, identities, left), unused: isUnused(item, now) })),
  }));
}

function start(govern: Govern, { said, published }: Heard<{ readonly days: number }>): Promise<Outcome<{ readonly id: string }>> {
  const { subject: channel, body, person, evidence } = said;
  return inTurnOf(govern, said, async (turn) => {
    const open = await turn
      .selectFrom("campaigns")
      .select("id")
      .where("channel", "=", channel)
      .where("closed", "is", null)
      .executeTakeFirst();
    const subject = { candidate: body, channel, policy: published.policy, running: open?.id };
    const { outcome } = judge(subject, govern.checks.campaign);
    if (!outcome.ok) return outcome;
    return accept({ id: await startCampaign(turn, published, { channel, days: body.days, who: person, evidence }, govern.now()) });
  });
}

function take(
  govern: Govern,
  { said, published }: Heard<{ readonly campaign: string }>,
  answered: "confirmed" | "removed",
): Promise<Outcome<Item>> {
  const { subject, body, person, evidence } = said;
  const { campaign: id } = body;
  return inTurnOf(govern, said, async (turn) => {
    const now = govern.now();
    await noticePolicy(turn, published, now);
    const campaign = await turn.selectFrom("campaigns").selectAll().where("id", "=", id).executeTakeFirst();
    const item = await turn.selectFrom("items").selectAll().where("campaign", "=", id).where("name", "=", subject).executeTakeFirst();
    if (campaign === undefined || item === undefined)
      return refuse("item-unknown", "an item of a campaign", `${subject} of ${id}`, "See: countersign review list");
    const { policy } = published;
    const books = await registerOf(turn, policy);
    const judged = judge({ candidate: { answer: answered }, item, campaign, person, policy, register: books, now }, govern.checks.answer);
    if (!judged.outcome.ok) return judged.outcome;
    const reviewBy = new Date(now + confirmedMilliseconds).toISOString();
    if (answered === "removed") await perform(turn, now, { who: person, act: reviewRemoved, subject, body: { campaign: id, evidence } });
    else await perform(turn, now, { who: person, act: reviewConfirmed, subject, body: { campaign: id, reviewBy, evidence } });
    return accept(
      await turn.selectFrom("items").selectAll().where("campaign", "=", id).where("name", "=", subject).executeTakeFirstOrThrow(),
    );
  });
}
