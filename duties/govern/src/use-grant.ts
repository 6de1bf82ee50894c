// SPDX-License-Identifier: Apache-2.0
import { type Proven, provenBy, verifyProof } from "@countersign/federation/dpop";
import { type GrantClaims, verifyGrant, type Wanted } from "@countersign/federation/grant";
import { judge } from "@countersign/trust/check";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { HonoRequest } from "hono";
import type { Govern } from "./govern.ts";
import { grantUsed, identityLocked } from "./grant-acts.ts";
import { judged } from "./judged.ts";
import { perform } from "./perform.ts";
import { identityNamed } from "./register.ts";
import { inTurn, type Turn } from "./turn.ts";
import { windowOf } from "./window.ts";

/** A grant and its proof as a request carries them (RFC 9449, 7.1); undefined where it has none. */
export function carriedIn(request: HonoRequest): Carried | undefined {
  const [scheme, grant, ...more] = (request.header("authorization") ?? "").split(" ");
  return scheme?.toLowerCase() === "dpop" && grant !== undefined && more.length === 0
    ? { grant, proof: request.header("dpop") }
    : undefined;
}

export type Carried = Pick<UnderGrant, "grant" | "proof">;

/** A request that came with a grant. */
export interface UnderGrant {
  readonly grant: string;
  readonly proof: string | undefined;
  readonly method: string;
  /** Where it was sent: the target of the proof. */
  readonly url: string;
  /** The resource server that was asked. */
  readonly audience: string;
  readonly wanted: Wanted;
}

/** A grant that is what it says, for what is wanted, in the hands of whoever holds its key. Whether it still counts is asked when it is used. */
export interface Bearer {
  readonly claims: GrantClaims;
  readonly proven: Proven;
  readonly at: string;
}

/** Verifies grant and proof (RFC 9449, 7.1). A genuine grant in the hands of another key is a theft: its identity is locked. */
export async function bearerOf(govern: Govern, under: UnderGrant): Promise<Outcome<Bearer>> {
  const { tokens, now, checks } = govern;
  const { grant, method, url, audience, wanted } = under;
  const proof = judged(await verifyProof(under.proof, { use: { method, url, grant }, isNonce: undefined, now: now() }, checks.proof));
  if (!proof.ok) return proof;
  const proven = provenBy(proof.value);
  const around = { keys: [tokens.jwk], issuer: tokens.issuer, audience, thumbprint: proven.thumbprint, wanted, now: now() };
  const { claims, ...judgement } = await verifyGrant(grant, around, checks.grant);
  const outcome = judged(judgement);
  if (outcome.ok && claims !== undefined) return accept({ claims, proven, at: `${method} ${url}` });
  if (outcome.ok) throw new Error("a grant without claims");
  if (outcome.refusal.code === "grant-of-another-key") await lock(govern, grant, around.thumbprint);
  return outcome;
}

/** The same for a request to govern itself. */
export function bearerHere(govern: Govern, carried: Carried, method: string, path: string, wanted: Wanted): Promise<Outcome<Bearer>> {
  const { issuer: audience, url } = govern.tokens;
  return bearerOf(govern, { ...carried, method, url: `${url()}${path}`, audience, wanted });
}

/** Counts one use of a grant, in the turn in which what it is used for happens; refused where it died meanwhile. */
export async function useGrant(turn: Turn, { claims, proven, at }: Bearer, { now, checks }: Govern): Promise<Outcome<GrantClaims>> {
  const time = now();
  const candidate = await turn.selectFrom("grants").selectAll().where("id", "=", claims.jti).executeTakeFirst();
  const window = candidate && (await windowOf(turn, candidate.window));
  if (candidate === undefined || window === undefined)
    return refuse("grant-unknown", "a grant of this govern", claims.jti, "Get one by exchange.");
  const identity = await identityNamed(turn, candidate.identity);
  const came = await turn.selectFrom("proofs").select("grant").where("id", "=", proven.id).executeTakeFirst();
  const outcome = judged(judge({ candidate, window, identity, proven: came?.grant, now: time }, checks.grantUse));
  if (!outcome.ok) return outcome;
  await perform(turn, time, { who: candidate.identity, act: grantUsed, subject: candidate.id, body: { proof: proven.id, at } });
  return accept(claims);
}

/** The check `grant/bound` comes after that of the signature and of the times, so the grant is genuine and alive. */
async function lock({ database, now }: Govern, grant: string, thumbprint: string): Promise<void> {
  const claims = JSON.parse(Buffer.from(grant.split(".")[1] ?? "", "base64url").toString()) as GrantClaims;
  await inTurn(database, async (turn) => {
    const identity = await identityNamed(turn, claims.sub);
    if (identity?.status !== "active") return;
    const body = { why: "grant-of-another-key", grant: claims.jti, thumbprint } as const;
    await perform(turn, now(), { who: "govern", act: identityLocked, subject: claims.sub, body });
  });
}
