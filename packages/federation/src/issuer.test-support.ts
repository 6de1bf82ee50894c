// SPDX-License-Identifier: Apache-2.0
// A real OpenID Connect issuer on this machine, as a CI platform is one: discovery, keys, and tokens about jobs.
import { once } from "node:events";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { Provider } from "oidc-provider";

export interface JobToken {
  readonly audience?: string;
  readonly sub?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Unix seconds. */
  readonly expiresAt?: number;
}

export interface TestIssuer extends AsyncDisposable {
  readonly issuer: string;
  /** The key that it signs with, private half and all: what a thief of it would have. */
  readonly key: JWK;
  /** Has the issuer sign a token about a job. */
  token(job?: JobToken): Promise<string>;
}

export const audience = "https://govern.example";
const jobGrant = "urn:countersign:test:job";
const other = "https://other.example";

/** Starts an issuer; the tokens that it signs say what the job's platform would. */
export async function startIssuer(defaults: Readonly<Record<string, unknown>> = {}, own: string = audience): Promise<TestIssuer> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const key: JWK = { ...(await exportJWK(privateKey)), kid: "issuer-1", alg: "ES256", use: "sig" };
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const client = { grant_types: [jobGrant], redirect_uris: [], response_types: [], token_endpoint_auth_method: "none" };
  const provider = new Provider(issuer, {
    jwks: { keys: [key] },
    clients: [own, other].map((each) => ({ ...client, client_id: each, id_token_signed_response_alg: "ES256" })),
    ttl: { IdToken: 600 },
    features: { devInteractions: { enabled: false } },
  });
  provider.registerGrantType(
    jobGrant,
    async (ctx) => {
      const { sub, ...claims } = JSON.parse(ctx.oidc.params["claims"] ?? "{}") as Record<string, unknown>;
      const token = new provider.IdToken({ sub }, { ctx });
      token.scope = "openid";
      for (const [name, value] of Object.entries(claims)) token.set(name, value);
      const expires = ctx.oidc.params["expires_at"];
      ctx.body = { id_token: await token.issue(expires ? { use: "idtoken", expiresAt: Number(expires) } : { use: "idtoken" }) };
    },
    ["claims", "expires_at"],
  );
  server.on("request", provider.callback());

  return {
    issuer,
    key,
    async token({ audience: client = own, sub = "a job", claims = {}, expiresAt } = {}) {
      const said = { sub, jti: crypto.randomUUID(), ...defaults, ...claims };
      const form = { grant_type: jobGrant, client_id: client, claims: JSON.stringify(said) };
      const body = new URLSearchParams(expiresAt === undefined ? form : { ...form, expires_at: `${expiresAt}` });
      const answer = (await (await fetch(`${issuer}/token`, { method: "POST", body })).json()) as { readonly id_token?: string };
      if (answer.id_token === undefined) throw new Error(`the issuer says ${JSON.stringify(answer)}`);
      return answer.id_token;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
