// SPDX-License-Identifier: Apache-2.0
import { type PersonalAct, personalAct } from "@countersign/release/personal-act";
import { canonicalDigest } from "@countersign/trust/canonical";
import { judge } from "@countersign/trust/check";
import { decode } from "@countersign/trust/decode";
import { envelope, type Signed } from "@countersign/trust/envelope";
import type { Policy } from "@countersign/trust/policy/policy";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { z } from "zod";
import type { Govern } from "./govern.ts";
import type { GovernChecks } from "./govern-checks.ts";
import { mayAct } from "./offboard/present.ts";
import type { Published } from "./published.ts";
import { malformed } from "./shapes.ts";
import { inTurn, type Turn } from "./turn.ts";

/** What a person of the policy has signed just now. */
export interface Said<B> {
  readonly person: string;
  readonly act: string;
  readonly subject: string;
  readonly body: B;
  /** The document itself, for the body of the act that comes of it. */
  readonly evidence: Signed<PersonalAct>;
}

/** Reads a person's act, signed by one key that the signed policy lists as a person's own. That it is used once is seen to where it is used. */
export function readPersonalAct(policy: Policy, document: unknown, now: number, checks: GovernChecks): Outcome<Said<PersonalAct["body"]>> {
  const read = decode(envelope(personalAct), document, "the act");
  if (!read.ok) return read;
  const { signatures, signed } = read.value;
  if (signatures.length !== 1)
    return refuse("one-signature", "an act with one signature", `${signatures.length}`, "Each person signs an act of their own.");
  const { outcome } = judge({ candidate: read.value, policy, now }, checks.personalAct);
  if (!outcome.ok) return outcome;
  const person = policy.holders[signatures[0]?.keyid ?? ""]?.holder ?? "nobody";
  return accept({ person, act: signed.act, subject: signed.subject, body: signed.body, evidence: { signatures, signed } });
}

/** What a route has of an act of the kind that it takes. */
export interface Heard<B> {
  readonly said: Said<B>;
  readonly published: Published;
}

/** Hears a person out who does `act`, with a body of this shape; any other act is refused, whoever signed it. */
export async function hear<B>(
  { look, now, checks }: Govern,
  document: unknown,
  act: string,
  shape: z.ZodType<B>,
): Promise<Outcome<Heard<B>>> {
  const published = await look();
  if (!published.ok) return published;
  const said = readPersonalAct(published.value.policy, document, now(), checks);
  if (!said.ok) return said;
  if (said.value.act !== act) return refuse("act-of-another-kind", `the act ${act}`, said.value.act, "Send it to the route of that act.");
  const body = shape.safeParse(said.value.body);
  if (!body.success) return malformed(body.error, said.value.body);
  return accept({ said: { ...said.value, body: body.data }, published: published.value });
}

/** Takes a turn in which a person's act is used, once and never again. `work` performs at least one act with `evidence` in its body, or refuses. */
export function inTurnOf<T>(
  { database, checks }: Pick<Govern, "database" | "checks">,
  { person, evidence: { signed } }: Pick<Said<unknown>, "person" | "evidence">,
  work: (turn: Turn) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  return inTurn(database, async (turn) => {
    const digest = canonicalDigest(signed);
    const used = await turn.selectFrom("evidence").select("act").where("digest", "=", digest).executeTakeFirst();
    const { outcome } = judge({ candidate: signed, usedIn: used?.act }, checks.personalActUse);
    if (!outcome.ok) return outcome;
    const present = await mayAct(turn, person, undefined, checks);
    return present.ok ? work(turn) : present;
  });
}
