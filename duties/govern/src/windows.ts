// SPDX-License-Identifier: Apache-2.0
import { canonicalDigest } from "@countersign/trust/canonical";
import { judge } from "@countersign/trust/check";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { Hono } from "hono";
import { answerAct } from "./act-route.ts";
import { answer } from "./answer.ts";
import { noticePolicy, registerOf } from "./apart/books.ts";
import { unreviewedOn } from "./break-glass/settle-breaks.ts";
import type { Govern } from "./govern.ts";
import { mayAct } from "./offboard/present.ts";
import { perform } from "./perform.ts";
import { type Heard, inTurnOf } from "./personal-act.ts";
import { nothing, type RouteDescription } from "./shapes.ts";
import type { Turn } from "./turn.ts";
import { type Window, windowOf } from "./window.ts";
import { type Asked, asked, windowClosed, windowOpened, windowRequested } from "./window-acts.ts";

type Nothing = Readonly<Record<never, never>>;

/** Windows. Whoever changes one sends an act that they signed, whose subject is the channel at first and the window's name from then on. */
export function windows(govern: Govern): Hono {
  const app = new Hono();
  app.get("/", async () => {
    const rows = await govern.database.selectFrom("windows").selectAll().orderBy("requested", "desc").limit(100).execute();
    return answer(accept({ windows: rows }));
  });
  app.post("/", ({ req }) =>
    answerAct(govern, req, { act: "window.request", shape: asked, work: (heard) => request(govern, heard), status: 201 }),
  );
  app.post("/approvals", ({ req }) =>
    answerAct(govern, req, { act: "window.approve", shape: nothing, work: (heard) => open(govern, heard) }),
  );
  app.post("/ends", ({ req }) => answerAct(govern, req, { act: "window.close", shape: nothing, work: (heard) => close(govern, heard) }));
  return app;
}

export const windowRoutes: readonly RouteDescription[] = [
  { method: "GET", path: "/windows", summary: "the newest hundred windows" },
  { method: "POST", path: "/windows", summary: "a person asks for a window of a channel", act: "window.request", body: asked },
  { method: "POST", path: "/windows/approvals", summary: "another person opens it", act: "window.approve", body: nothing },
  { method: "POST", path: "/windows/ends", summary: "anybody closes it, and kills every grant in it", act: "window.close", body: nothing },
];

function request(govern: Govern, { said, published }: Heard<Asked>): Promise<Outcome<Window>> {
  const { subject: channel, body, person, evidence } = said;
  return inTurnOf(govern, said, async (turn) => {
    const waiting = await turn.selectFrom("windows").select("id").where("channel", "=", channel).where("state", "!=", "closed").execute();
    const subject = {
      candidate: body,
      channel,
      policy: published.policy,
      bounds: govern.tokens.bounds,
      standing: waiting.length,
      unreviewed: await unreviewedOn(turn, channel),
    };
    const { outcome } = judge(subject, govern.checks.windowRequest);
    if (!outcome.ok) return outcome;
    const id = `w-${canonicalDigest(evidence.signed).slice(0, 16)}`;
    await perform(turn, govern.now(), { who: person, act: windowRequested, subject: id, body: { channel, asked: body, evidence } });
    return windowNow(turn, id);
  });
}

function open(govern: Govern, { said, published }: Heard<Nothing>): Promise<Outcome<Window>> {
  const { subject: id, person, evidence } = said;
  return inTurnOf(govern, said, async (turn) => {
    const window = await windowNow(turn, id);
    if (!window.ok) return window;
    const now = govern.now();
    await noticePolicy(turn, published, now);
    const present = await mayAct(turn, person, window.value.channel, govern.checks);
    if (!present.ok) return present;
    const subject = { candidate: window.value, person, policy: published.policy, register: await registerOf(turn, published.policy), now };
    const { outcome } = judge(subject, govern.checks.windowOpening);
    if (!outcome.ok) return outcome;
    const ends = new Date(now + window.value.seconds * 1000).toISOString();
    const alone = person === window.value.requestedBy;
    await perform(turn, now, { who: person, act: windowOpened, subject: id, body: { ends, alone, evidence } });
    return windowNow(turn, id);
  });
}

/** Halting takes one person: any of the policy's. */
function close(govern: Govern, { said }: Heard<Nothing>): Promise<Outcome<Window>> {
  const { subject: id, person, evidence } = said;
  return inTurnOf(govern, said, async (turn) => {
    const window = await windowNow(turn, id);
    if (!window.ok || window.value.state === "closed") return window;
    await perform(turn, govern.now(), { who: person, act: windowClosed, subject: id, body: { why: "hand", evidence } });
    return windowNow(turn, id);
  });
}

async function windowNow(turn: Turn, id: string): Promise<Outcome<Window>> {
  const window = await windowOf(turn, id);
  return window === undefined ? refuse("window-unknown", "a window", id, "See: countersign window list") : accept(window);
}
