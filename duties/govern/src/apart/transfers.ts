// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { Hono } from "hono";
import { answerAct } from "../act-route.ts";
import type { Govern } from "../govern.ts";
import type { Registered } from "../identity.ts";
import { perform } from "../perform.ts";
import { type Heard, inTurnOf } from "../personal-act.ts";
import { identityNamed } from "../register.ts";
import type { RouteDescription } from "../shapes.ts";
import { identityTransferred, type Transfer, transfer } from "./apart-acts.ts";
import { mayHold } from "./holding.ts";

/** `POST /transfers`: an identity gets another owner and deputy, by an act whose subject is its name. */
export function transfers(govern: Govern): Hono {
  return new Hono().post("/", ({ req }) =>
    answerAct(govern, req, { act: "identity.transfer", shape: transfer, work: (heard) => handOver(govern, heard) }),
  );
}

export const transferRoutes: readonly RouteDescription[] = [
  { method: "POST", path: "/transfers", summary: "its owner hands an identity over", act: "identity.transfer", body: transfer },
];

function handOver(govern: Govern, { said, published }: Heard<Transfer>): Promise<Outcome<Registered>> {
  const { subject, body, person, evidence } = said;
  return inTurnOf(govern, said, async (turn) => {
    const identity = await identityNamed(turn, subject);
    if (identity === undefined) return refuse("identity-unknown", "a registered identity", subject, "See: countersign identity list");
    const left = (await turn.selectFrom("leavers").select("person").execute()).map((row) => row.person);
    const judged = judge({ candidate: body, identity, person, policy: published.policy, left }, govern.checks.transfer);
    if (!judged.outcome.ok) return judged.outcome;
    const apart = await mayHold(turn, identity, body.owner, published, govern);
    if (!apart.ok) return apart;
    await perform(turn, govern.now(), { who: person, act: identityTransferred, subject, body: { ...body, evidence } });
    return accept({ ...identity, ...body });
  });
}
