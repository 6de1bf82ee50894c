// SPDX-License-Identifier: Apache-2.0
import { logEvent } from "@countersign/daemon/event";
import { judge } from "@countersign/trust/check";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { Hono } from "hono";
import { z } from "zod";
import { answerAct } from "../act-route.ts";
import { answer } from "../answer.ts";
import { noticePolicy, registerOf } from "../apart/books.ts";
import type { Govern } from "../govern.ts";
import { mayAct } from "../offboard/present.ts";
import { perform } from "../perform.ts";
import { type Heard, inTurnOf } from "../personal-act.ts";
import type { Schema } from "../schema.ts";
import { type RouteDescription, reason } from "../shapes.ts";
import type { Turn } from "../turn.ts";
import {
  type BreakCall,
  type BreakReview,
  breakCall,
  breakCalled,
  breakCancelled,
  breakId,
  breakReview,
  breakReviewed,
} from "./break-acts.ts";
import type { BreakSubject } from "./break-checks.ts";
import { unreviewedOn } from "./settle-breaks.ts";

type Break = Schema["breaks"];

const cancelling: z.ZodType<{ readonly reason: string }> = z.strictObject({ reason });

/** Broken glass: windows that one person calls for alone. Its subject is the channel at first, and its name from then on. */
export function breaks(govern: Govern): Hono {
  const app = new Hono();
  app.get("/", async () =>
    answer(accept({ breaks: await govern.database.selectFrom("breaks").selectAll().orderBy("called", "desc").limit(100).execute() })),
  );
  app.post("/", ({ req }) =>
    answerAct(govern, req, { act: "break-glass.call", shape: breakCall, work: (heard) => call(govern, heard), status: 201 }),
  );
  app.post("/cancellations", ({ req }) =>
    answerAct(govern, req, { act: "break-glass.cancel", shape: cancelling, work: (heard) => cancel(govern, heard) }),
  );
  app.post("/reviews", ({ req }) =>
    answerAct(govern, req, { act: "break-glass.review", shape: breakReview, work: (heard) => review(govern, heard) }),
  );
  return app;
}

export const breakRoutes: readonly RouteDescription[] = [
  { method: "GET", path: "/breaks", summary: "the newest hundred windows that one person called for alone" },
  { method: "POST", path: "/breaks", summary: "a person calls for one", act: "break-glass.call", body: breakCall },
  {
    method: "POST",
    path: "/breaks/cancellations",
    summary: "anybody stops it while it waits",
    act: "break-glass.cancel",
    body: cancelling,
  },
  { method: "POST", path: "/breaks/reviews", summary: "another person reviews it", act: "break-glass.review", body: breakReview },
];

function call(govern: Govern, { said, published }: Heard<BreakCall>): Promise<Outcome<Break>> {
  const { subject: channel, body, person, evidence } = said;
  return inTurnOf(govern, said, async (turn) => {
    const present = await mayAct(turn, person, channel, govern.checks);
    if (!present.ok) return present;
    const subject = { candidate: body, channel, person, policy: published.policy, unreviewed: await unreviewedOn(turn, channel) };
    const { outcome } = judge(subject, govern.checks.breakCall);
    if (!outcome.ok) return outcome;
    const now = govern.now();
    const opens = new Date(now + govern.breakGlassSeconds * 1000).toISOString();
    await perform(turn, now, { who: person, act: breakCalled, subject: channel, body: { ...body, opens, evidence } });
    logEvent("govern", "break-glass-called", { id: breakId(evidence), channel, by: person, opens });
    return breakNow(turn, breakId(evidence));
  });
}

function cancel(govern: Govern, heard: Heard<{ readonly reason: string }>): Promise<Outcome<Break>> {
  const { subject, person, body, evidence } = heard.said;
  return inTurnOf(govern, heard.said, async (turn) => {
    const found = await subjectOf(turn, heard, govern.now());
    if (!found.ok) return found;
    const { outcome } = judge(found.value, govern.checks.breakCancel);
    if (!outcome.ok) return outcome;
    await perform(turn, govern.now(), { who: person, act: breakCancelled, subject, body: { reason: body.reason, evidence } });
    return breakNow(turn, subject);
  });
}

function review(govern: Govern, heard: Heard<BreakReview>): Promise<Outcome<Break>> {
  const { subject, person, body, evidence } = heard.said;
  return inTurnOf(govern, heard.said, async (turn) => {
    const found = await subjectOf(turn, heard, govern.now());
    if (!found.ok) return found;
    const { outcome } = judge(found.value, govern.checks.breakReview);
    if (!outcome.ok) return outcome;
    await perform(turn, govern.now(), { who: person, act: breakReviewed, subject, body: { ...body, evidence } });
    return breakNow(turn, subject);
  });
}

async function subjectOf(turn: Turn, { said, published }: Heard<unknown>, now: number): Promise<Outcome<BreakSubject>> {
  await noticePolicy(turn, published, now);
  const candidate = await breakNow(turn, said.subject);
  if (!candidate.ok) return candidate;
  const { policy } = published;
  return accept({ candidate: candidate.value, person: said.person, policy, register: await registerOf(turn, policy), now });
}

async function breakNow(turn: Turn, id: string): Promise<Outcome<Break>> {
  const row = await turn.selectFrom("breaks").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined
    ? refuse("break-glass-unknown", "one that was called for", id, "See: countersign window break-glass list")
    : accept(row);
}
