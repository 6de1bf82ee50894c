// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { Hono } from "hono";
import { z } from "zod";
import { answerAct } from "../act-route.ts";
import { answer } from "../answer.ts";
import { mayHold } from "../apart/holding.ts";
import { settleBreaks } from "../break-glass/settle-breaks.ts";
import type { Govern } from "../govern.ts";
import { moveProposal } from "../moves.ts";
import { perform } from "../perform.ts";
import { type Heard, inTurnOf } from "../personal-act.ts";
import type { Published } from "../published.ts";
import { register } from "../register.ts";
import { peopleOf } from "../register-checks.ts";
import { type RouteDescription, reason } from "../shapes.ts";
import type { Turn } from "../turn.ts";
import { windowClosed } from "../window-acts.ts";
import { cascadeOf, type Handover } from "./cascade.ts";
import { type KeyToRotate, keysOf, type OpenRotation, openRotations } from "./keys.ts";
import { approvalWithdrawn, keyOf, personOffboarded } from "./offboard-acts.ts";
import { leaversIn } from "./present.ts";
import { type Seen, seenBy } from "./seen.ts";

const offboarding: z.ZodType<{ readonly reason: string }> = z.strictObject({ reason });

/** People who leave. Whoever offboards somebody sends an act that they signed, whose subject is the leaver. */
export function offboardings(govern: Govern): Hono {
  const app = new Hono();
  app.post("/", ({ req }) =>
    answerAct(govern, req, { act: "person.offboard", shape: offboarding, work: (heard) => offboard(govern, heard), status: 201 }),
  );
  app.get("/:person", async ({ req }) => answer(await offboardingOf(govern, req.param("person"))));
  return app;
}

export const offboardingRoutes: readonly RouteDescription[] = [
  { method: "POST", path: "/offboardings", summary: "another person offboards somebody", act: "person.offboard", body: offboarding },
  { method: "GET", path: "/offboardings/:person", summary: "what is left to do after somebody left, and what they ever saw" },
];

/** What offboarding did, what is left to do by hand, and what the leaver could have kept. */
export interface Offboarding {
  readonly person: string;
  readonly handovers: readonly Handover[];
  /** Digests of proposals that are gone, or lost an approval. */
  readonly withdrawn: readonly Digest[];
  readonly closedWindows: readonly string[];
  /** Proposals whose approvals are closed already: only a denial stops them now. */
  readonly tooLate: readonly Digest[];
  readonly rotations: readonly OpenRotation[];
  readonly seen: readonly Seen[];
}

function offboard(govern: Govern, { said, published }: Heard<{ readonly reason: string }>): Promise<Outcome<Offboarding>> {
  const { subject: person, body, person: by, evidence } = said;
  return inTurnOf(govern, said, async (turn) => {
    const now = govern.now();
    const left = await leaversIn(turn);
    const identities = await register(turn);
    const people = peopleOf(published.policy).filter((each) => each !== person && !left.includes(each));
    const allowed = new Set<string>();
    for (const identity of identities)
      for (const heir of people) if ((await mayHold(turn, identity, heir, published, govern)).ok) allowed.add(`${identity.name} ${heir}`);
    const handovers = cascadeOf(person, identities, { people, mayHold: ({ name }, owner) => allowed.has(`${name} ${owner}`) });
    const subject = { candidate: { person, handovers }, by, policy: published.policy, left, identities };
    const judged = judge(subject, govern.checks.offboard);
    if (!judged.outcome.ok) return judged.outcome;
    const keys = keysOf(person, published);
    await perform(turn, now, { who: by, act: personOffboarded, subject: person, body: { reason: body.reason, handovers, keys, evidence } });
    const { withdrawn, tooLate } = await withdraw(turn, person, published, now);
    const closedWindows = await closeWindows(turn, person, by, now);
    await settleBreaks(turn, now);
    const rotations = openRotations(keys, person, published);
    return accept({ person, handovers, withdrawn, closedWindows, tooLate, rotations, seen: await seenBy(turn, person) });
  });
}

/** Takes back what a leaver, or an identity of theirs, said of proposals that still wait: a proposal of theirs with it. */
async function withdraw(
  turn: Turn,
  person: string,
  { policy }: Published,
  now: number,
): Promise<{ readonly withdrawn: readonly Digest[]; readonly tooLate: readonly Digest[] }> {
  const keyids = Object.entries(policy.holders).flatMap(([keyid, { owner }]) => (owner === person ? [keyid] : []));
  const rows = await turn
    .selectFrom("approvals")
    .innerJoin("proposals", "proposals.digest", "approvals.proposal")
    .select(["proposals.digest", "proposals.state", "approvals.place", "approvals.envelope"])
    .where("proposals.state", "in", ["proposed", "approved", "logged", "signing", "signed", "refused"])
    .execute();
  const theirs = rows.filter(({ envelope }) => keyids.includes(keyOf(envelope)));
  const waiting = theirs.filter(({ state }) => state === "proposed");
  const withdrawn = [...new Set(waiting.map(({ digest }) => digest))];
  for (const digest of withdrawn) {
    if (waiting.some((row) => row.digest === digest && row.place === 0)) await moveProposal(turn, now, digest, "superseded");
    else await perform(turn, now, { who: "govern", act: approvalWithdrawn, subject: digest, body: { keyids } });
  }
  return { withdrawn, tooLate: [...new Set(theirs.filter(({ state }) => state !== "proposed").map(({ digest }) => digest))] };
}

/** Closes every window that a leaver asked for or opened, and with it every grant in it. */
async function closeWindows(turn: Turn, person: string, by: string, now: number): Promise<readonly string[]> {
  const rows = await turn
    .selectFrom("windows")
    .select("id")
    .where("state", "!=", "closed")
    .where((where) => where.or([where("requestedBy", "=", person), where("openedBy", "=", person)]))
    .execute();
  for (const { id } of rows) await perform(turn, now, { who: by, act: windowClosed, subject: id, body: { why: "hand" } });
  return rows.map(({ id }) => id);
}

/** What is left to do, by what is published now. */
async function offboardingOf({ database, look }: Govern, person: string): Promise<Outcome<unknown>> {
  const leaver = await database.selectFrom("leavers").selectAll().where("person", "=", person).executeTakeFirst();
  if (leaver === undefined) return refuse("unknown-person", "somebody who has left", person, "See: countersign identity offboard --help");
  const published = await look();
  if (!published.ok) return published;
  const rows = await database.selectFrom("rotations").selectAll().where("person", "=", person).orderBy("keyid").execute();
  const scheduled: readonly KeyToRotate[] = rows.map(({ keyid, roles }) => ({ keyid, roles: JSON.parse(roles) as readonly string[] }));
  return accept({
    ...leaver,
    scheduled,
    rotations: openRotations(scheduled, person, published.value),
    seen: await seenBy(database, person),
  });
}
