// SPDX-License-Identifier: Apache-2.0
import { canonicalDigest } from "@countersign/trust/canonical";
import { judge } from "@countersign/trust/check";
import type { Policy } from "@countersign/trust/policy/policy";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { ActKind } from "./act-kind.ts";
import { mayHold } from "./apart/holding.ts";
import type { Database } from "./database.ts";
import type { Govern } from "./govern.ts";
import type { Identity, Registered } from "./identity.ts";
import { type Evident, identityRegistered, identityRenewed } from "./identity-acts.ts";
import { perform } from "./perform.ts";
import { type Heard, inTurnOf, type Said } from "./personal-act.ts";
import type { RegisteredSubject } from "./register-checks.ts";
import type { Schema } from "./schema.ts";

export async function identityOfKey(database: Database, keyid: string): Promise<Registered | undefined> {
  const rows = await database.selectFrom("identities").selectAll().where("keyid", "=", keyid).where("status", "!=", "retired").execute();
  return rows.map(registeredOf)[0];
}

export async function identityNamed(database: Database, name: string): Promise<Registered | undefined> {
  const row = await database.selectFrom("identities").selectAll().where("name", "=", name).executeTakeFirst();
  return row && registeredOf(row);
}

/** Everything that was ever registered, by name. */
export async function register(database: Database): Promise<readonly Registered[]> {
  return (await database.selectFrom("identities").selectAll().orderBy("name").execute()).map(registeredOf);
}

/** Registers an identity, as its owner signed; the same again is the same. */
export function registerIdentity(govern: Govern, { said, published }: Heard<Omit<Identity, "name">>): Promise<Outcome<Registered>> {
  const candidate: Identity = { name: said.subject, ...said.body };
  return inTurnOf(govern, said, async (turn) => {
    const others = await register(turn);
    const before = others.find(({ name }) => name === candidate.name);
    if (before !== undefined && isSame(before, { ...candidate, status: "active" })) return accept(before);
    const { policy } = published;
    const judged = judge({ candidate, person: said.person, policy, others, now: govern.now() }, govern.checks.registration);
    if (!judged.outcome.ok) return judged.outcome;
    const apart = await mayHold(turn, candidate, candidate.owner, published, govern);
    if (!apart.ok) return apart;
    const body = { record: candidate, evidence: said.evidence };
    await perform(turn, govern.now(), { who: said.person, act: identityRegistered, subject: candidate.name, body });
    return accept({ ...candidate, status: "active" });
  });
}

/** Suspends or retires an identity, for a reason; to have it so already is refused. */
export function endIdentity(
  govern: Govern,
  { said, published }: Heard<{ readonly reason: string }>,
  act: ActKind<Evident & { readonly reason: string }>,
): Promise<Outcome<Registered>> {
  return inTurnOf(govern, said, async (turn) => {
    const found = await subjectOf(turn, said, published.policy, govern.now());
    if (!found.ok) return found;
    const judged = judge(found.value, act.name === "identity.retired" ? govern.checks.retirement : govern.checks.suspension);
    if (!judged.outcome.ok) return judged.outcome;
    const body = { reason: said.body.reason, evidence: said.evidence };
    await perform(turn, govern.now(), { who: said.person, act, subject: said.subject, body });
    return accept((await identityNamed(turn, said.subject)) as Registered);
  });
}

/** Lets an identity act until the next review. */
export function renewIdentity(govern: Govern, { said, published }: Heard<{ readonly reviewBy: string }>): Promise<Outcome<Registered>> {
  return inTurnOf(govern, said, async (turn) => {
    const found = await subjectOf(turn, said, published.policy, govern.now());
    if (!found.ok) return found;
    const judged = judge({ ...found.value, reviewBy: said.body.reviewBy }, govern.checks.renewal);
    if (!judged.outcome.ok) return judged.outcome;
    const body = { reviewBy: said.body.reviewBy, evidence: said.evidence };
    await perform(turn, govern.now(), { who: said.person, act: identityRenewed, subject: said.subject, body });
    return accept((await identityNamed(turn, said.subject)) as Registered);
  });
}

async function subjectOf(
  database: Database,
  { subject, person }: Said<unknown>,
  policy: Policy,
  now: number,
): Promise<Outcome<RegisteredSubject>> {
  const candidate = await identityNamed(database, subject);
  if (candidate !== undefined) return accept({ candidate, person, policy, now });
  return refuse("identity-unknown", "a registered identity", subject, "See: countersign identity list");
}

function registeredOf({ record, status }: Schema["identities"]): Registered {
  return { ...(JSON.parse(record) as Identity), status }; // written from a record that was read strictly
}

function isSame(one: Registered, other: Registered): boolean {
  return canonicalDigest(one) === canonicalDigest(other);
}
