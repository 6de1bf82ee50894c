// SPDX-License-Identifier: Apache-2.0
import { grantDetails } from "@countersign/federation/details";
import { provenBy, verifyProof } from "@countersign/federation/dpop";
import { exchangeGrantType } from "@countersign/federation/exchange";
import { array, decodeBytes } from "@countersign/trust/decode";
import { accept, type Outcome, type Refusal, refuse } from "@countersign/trust/refusal";
import type { Context } from "hono";
import { verifyCredential } from "./credential.ts";
import type { Govern } from "./govern.ts";
import { type GrantRequest, issueGrant } from "./issue-grant.ts";
import { judged } from "./judged.ts";
import { noncesAt } from "./nonces.ts";
import { identityNamed } from "./register.ts";

/** Our codes that OAuth has names for (RFC 6749, 5.2; RFC 9449, 5; RFC 9396, 5); every other is `access_denied`. */
function errorOf({ code }: Refusal): string {
  if (code === "use_dpop_nonce") return code;
  if (code.startsWith("proof-")) return "invalid_dpop_proof";
  if (code === "identity-unknown") return "invalid_client";
  if (code === "request-malformed") return "invalid_request";
  if (code === "details-malformed") return "invalid_authorization_details";
  if (code === "audience-unknown") return "invalid_target";
  if (code === "grant-type-differs") return "unsupported_grant_type";
  return /^(token-|certificate-|assertion-)|-differs$|-missing$/.test(code) ? "invalid_grant" : "access_denied";
}

/** `POST /token` (RFC 8693), form-encoded. The proof and its nonce come first: a client that has to ask again has not lost its token. */
export async function token(govern: Govern, { req }: Context): Promise<Response> {
  const nonces = await noncesAt(govern.database, govern.now());
  const asked = await askedIn(govern, new URLSearchParams(await req.text()), req.header("dpop"), nonces.isOurs);
  const issued = asked.ok ? await issueGrant(govern, asked.value) : asked;
  const headers = { "cache-control": "no-store", "dpop-nonce": nonces.current };
  if (!issued.ok) {
    const { refusal } = issued;
    const error_description = `expected ${refusal.expected}, found ${refusal.found}`.replace(/[^\x20-\x7e]|["\\]/g, "?");
    return Response.json({ error: errorOf(refusal), error_description, refusal }, { status: 400, headers });
  }
  const { grant, claims, renewal } = issued.value;
  const answer = {
    access_token: grant,
    issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
    token_type: "DPoP",
    expires_in: claims.exp - claims.iat,
    authorization_details: claims.authorization_details,
    ...(renewal === undefined ? {} : { renewal }),
  };
  return Response.json(answer, { headers });
}

async function askedIn(
  govern: Govern,
  form: URLSearchParams,
  proof: string | undefined,
  isNonce: (nonce: string) => boolean,
): Promise<Outcome<GrantRequest>> {
  const { database, tokens, now, checks } = govern;
  const field = (name: string): string => (form.getAll(name).length === 1 ? (form.get(name) ?? "") : "");
  const url = `${tokens.url()}/token`;
  const proven = await verifyProof(proof, { use: { method: "POST", url }, isNonce, now: now() }, checks.proof);
  const own = judged(proven);
  if (!own.ok) return own;
  if (field("grant_type") !== exchangeGrantType)
    return refuse("grant-type-differs", exchangeGrantType, field("grant_type").slice(0, 100), "Exchange a token (RFC 8693).");
  const read = decodeBytes(array(grantDetails, 1, 1), Buffer.from(field("authorization_details")), "the authorization details");
  const [details] = read.ok ? read.value : [];
  if (!read.ok || details === undefined)
    return read.ok ? missing("authorization_details") : { ok: false, refusal: { ...read.refusal, code: "details-malformed" } };
  const [name, compact] = [field("client_id"), field("subject_token")];
  if (name === "" || compact === "") return missing(name === "" ? "client_id" : "subject_token");
  const identity = await identityNamed(database, name);
  if (identity === undefined)
    return refuse("identity-unknown", "a registered identity", name.slice(0, 128), "See: countersign identity list");
  const credential = await verifyCredential(identity, compact, field("subject_token_type"), govern);
  if (!credential.ok) return credential;
  const audience = field("audience") || tokens.issuer;
  return accept({ identity: name, details, audience, credential: credential.value, proven: provenBy(own.value) });
}

function missing(field: string): Outcome<never> {
  return refuse("request-malformed", `one ${field}`, "none, or several", "See docs/grant.md.");
}
