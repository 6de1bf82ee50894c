// SPDX-License-Identifier: Apache-2.0
import { grantedDuties } from "@countersign/federation/details";
import { readGrant } from "@countersign/federation/grant";
import { isSignedBy } from "@countersign/federation/jws";
import { accept } from "@countersign/trust/refusal";
import { Hono } from "hono";
import { z } from "zod";
import { answer, readBody } from "./answer.ts";
import type { Govern } from "./govern.ts";
import { identityNamed } from "./register.ts";
import { name, type RouteDescription } from "./shapes.ts";
import { token } from "./token-endpoint.ts";
import { inTurn } from "./turn.ts";
import { bearerOf, type UnderGrant, useGrant } from "./use-grant.ts";
import { isOpen, windowOf } from "./window.ts";

/** What another resource server passes on: the request that came to it, and what it was asked for. */
const use: z.ZodType<UnderGrant> = z.strictObject({
  grant: z.string(),
  proof: z.string(),
  method: z.string(),
  url: z.url(),
  audience: z.string(),
  wanted: z.strictObject({ duty: z.enum(grantedDuties), channel: name, digest: z.string() }),
});

/** `POST /token`, `POST /introspect`, `POST /grants/use`, `GET /grants`, `GET /jwks` and the metadata of RFC 8414. */
export function grants(govern: Govern): Hono {
  const { database, tokens } = govern;
  const app = new Hono();

  app.post("/token", (context) => token(govern, context));

  /** RFC 7662. Whoever has a grant may ask of it; that it is alive does not count a use. */
  app.post("/introspect", async ({ req }) =>
    Response.json(await introspected(govern, new URLSearchParams(await req.text()).get("token") ?? "")),
  );

  /** Another resource server uses a grant: one use is counted, or refused, in one transaction. The proof is the bearer's, for that server. */
  app.post("/grants/use", async ({ req }) => {
    const body = await readBody(req, use);
    if (!body.ok) return answer(body);
    const bearer = await bearerOf(govern, body.value);
    return answer(bearer.ok ? await inTurn(database, (turn) => useGrant(turn, bearer.value, govern)) : bearer);
  });

  app.get("/grants", async () => {
    const rows = await database.selectFrom("grants").selectAll().orderBy("issued", "desc").limit(100).execute();
    return answer(accept({ grants: rows }));
  });

  app.get("/jwks", (context) => context.json({ keys: [tokens.jwk] }));

  app.get("/.well-known/oauth-authorization-server", (context) => {
    const at = tokens.url();
    return context.json({
      issuer: tokens.issuer,
      token_endpoint: `${at}/token`,
      introspection_endpoint: `${at}/introspect`,
      jwks_uri: `${at}/jwks`,
      response_types_supported: [],
      grant_types_supported: ["urn:ietf:params:oauth:grant-type:token-exchange"],
      token_endpoint_auth_methods_supported: ["none"],
      dpop_signing_alg_values_supported: ["ES256", "EdDSA"],
      authorization_details_types_supported: ["countersign"],
    });
  });

  return app;
}

async function introspected({ database, now, tokens }: Govern, compact: string): Promise<Readonly<Record<string, unknown>>> {
  const read = readGrant(compact);
  if (!read.ok || !(await isSignedBy(read.value.token, tokens.jwk))) return { active: false };
  const { claims } = read.value;
  const grant = await database.selectFrom("grants").selectAll().where("id", "=", claims.jti).executeTakeFirst();
  const window = grant && (await windowOf(database, grant.window));
  const identity = grant && (await identityNamed(database, grant.identity));
  const time = now();
  const lives = window !== undefined && isOpen(window, time) && Date.parse(grant?.expires ?? "") > time;
  if (grant === undefined || !lives || identity?.status !== "active" || grant.used >= grant.uses) return { active: false };
  return { active: true, ...claims, token_type: "DPoP", used: grant.used };
}

export const grantRoutes: readonly RouteDescription[] = [
  { method: "POST", path: "/token", summary: "a token is exchanged for a grant (RFC 8693), form-encoded, with a DPoP proof" },
  { method: "POST", path: "/introspect", summary: "whether a grant is alive (RFC 7662), form-encoded" },
  { method: "POST", path: "/grants/use", summary: "another resource server uses a grant that came to it", body: use },
  { method: "GET", path: "/grants", summary: "the newest hundred grants" },
  { method: "GET", path: "/jwks", summary: "the key that grants are signed with" },
  { method: "GET", path: "/.well-known/oauth-authorization-server", summary: "the metadata of RFC 8414" },
];
