// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import type { GrantDetails } from "@countersign/federation/details";
import type { Proven } from "@countersign/federation/dpop";
import { type GrantClaims, longestGrantSeconds, signGrant } from "@countersign/federation/grant";
import { judge } from "@countersign/trust/check";
import { type Digest, sha256 } from "@countersign/trust/digest";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { beforeGrant, mayBeGranted } from "./apart/granting.ts";
import type { Credential } from "./credential.ts";
import type { Govern } from "./govern.ts";
import { grantIssued, identityLocked } from "./grant-acts.ts";
import type { GrantIssueSubject } from "./grant-issue-checks.ts";
import { judged } from "./judged.ts";
import { perform } from "./perform.ts";
import { identityNamed } from "./register.ts";
import { inTurn, type Turn } from "./turn.ts";
import { windowOf } from "./window.ts";

/** Somebody who proved to be an identity and to hold a key asks for a grant. */
export interface GrantRequest {
  readonly identity: string;
  readonly details: GrantDetails;
  readonly audience: string;
  readonly credential: Credential;
  readonly proven: Proven;
}

export interface IssuedGrant {
  readonly grant: string;
  readonly claims: GrantClaims;
  /** What a daemon shows next time. */
  readonly renewal: string | undefined;
}

/**
 * Issues a grant: judges, uses up the subject token and the proof, and keeps the grant, in one transaction. It lives no longer than its window, its
 * identity's grants, or an hour. A daemon that comes with a stale renewal is locked, since two have its key.
 */
export async function issueGrant(govern: Govern, request: GrantRequest): Promise<Outcome<IssuedGrant>> {
  const { database, now, tokens, checks } = govern;
  const before = await beforeGrant(govern, request.details);
  if (!before.ok) return before;
  const kept = await inTurn(database, async (turn) => {
    const time = now();
    const subject = await gather(turn, request, govern, time);
    if (!subject.ok) return subject;
    const outcome = judged(judge(subject.value, checks.grantIssue));
    const apart = outcome.ok ? await mayBeGranted(turn, request.identity, request.details, before.value, govern) : outcome;
    if (outcome.ok && !apart.ok) return apart;
    if (outcome.ok) return accept(await keep(turn, request, subject.value, tokens.issuer));
    if (outcome.refusal.code === "renewal-differs") {
      const body = { why: "renewal-differs", grant: null, thumbprint: request.proven.thumbprint } as const;
      await perform(turn, time, { who: "govern", act: identityLocked, subject: request.identity, body });
    }
    return outcome;
  });
  if (!kept.ok) return kept;
  const { claims, renewal } = kept.value;
  return accept({ grant: await signGrant(claims, tokens.signer), claims, renewal });
}

async function gather(turn: Turn, request: GrantRequest, { tokens }: Govern, now: number): Promise<Outcome<GrantIssueSubject>> {
  const { details, audience, credential, proven } = request;
  const identity = await identityNamed(turn, request.identity);
  if (identity === undefined)
    return refuse("identity-unknown", "a registered identity", request.identity, "See: countersign identity list");
  const isBuild = details.duty === "build";
  const inWindow = await turn.selectFrom("grants").select(["digest", "duty"]).where("window", "=", details.window).execute();
  const since = new Date(now - 86_400_000).toISOString();
  const lately = await turn.selectFrom("grants").select("id").where("identity", "=", identity.name).where("issued", ">", since).execute();
  const proposal = await turn
    .selectFrom("proposals")
    .select(["channel", "state"])
    .where("digest", "=", details.digest as Digest)
    .executeTakeFirst();
  const exchanged = await turn.selectFrom("tokens").select("grant").where("id", "=", credential.token).executeTakeFirst();
  const glass = await turn.selectFrom("breaks").select("release").where("id", "=", details.window).executeTakeFirst();
  const came = await turn.selectFrom("proofs").select("grant").where("id", "=", proven.id).executeTakeFirst();
  const renewal = await turn.selectFrom("renewals").selectAll().where("identity", "=", identity.name).executeTakeFirst();
  return accept({
    candidate: details,
    identity,
    audience,
    audiences: [tokens.issuer, ...tokens.audiences],
    window: await windowOf(turn, details.window),
    inWindow: inWindow.filter(({ duty }) => (duty === "build") === isBuild).map(({ digest }) => digest),
    proposal,
    onlyFor: glass?.release,
    exchanged: exchanged?.grant,
    proven: came?.grant,
    lately: lately.length,
    perDay: tokens.bounds.grantsPerDay,
    renewal:
      credential.presented === undefined
        ? undefined
        : { presented: credential.presented, confirmed: renewal?.confirmed ?? null, offered: renewal?.offered ?? null },
    now,
  });
}

async function keep(
  turn: Turn,
  { identity: name, details, audience, credential, proven }: GrantRequest,
  { identity, window, now, renewal }: GrantIssueSubject,
  issuer: string,
): Promise<Omit<IssuedGrant, "grant">> {
  const jti = randomBytes(16).toString("base64url");
  const iat = Math.floor(now / 1000);
  const left = Math.floor((Date.parse(window?.ends ?? "") - now) / 1000);
  const exp = iat + Math.max(1, Math.min(identity.maxSeconds, left, longestGrantSeconds));
  const next = renewal === undefined ? undefined : randomBytes(24).toString("base64url");
  const { type: _type, ...thing } = details;
  await perform(turn, now, {
    who: name,
    act: grantIssued,
    subject: jti,
    body: {
      ...thing,
      audience,
      thumbprint: proven.thumbprint,
      expires: new Date(exp * 1000).toISOString(),
      token: credential.token,
      proof: proven.id,
      renewal: next === undefined ? null : { presented: credential.presented ?? null, offered: sha256(Buffer.from(next)) },
      actor: credential.actor,
    },
  });
  const claims: GrantClaims = {
    iss: issuer,
    aud: audience,
    sub: name,
    client_id: name,
    iat,
    exp,
    jti,
    cnf: { jkt: proven.thumbprint },
    act: credential.actor,
    authorization_details: [details],
  };
  return { claims, renewal: next };
}
