// SPDX-License-Identifier: Apache-2.0
// The embedded world's CI platform: an OpenID Connect issuer that says of each job what GitHub Actions would.
import { randomUUID, timingSafeEqual } from "node:crypto";
import { type Field, parseFields, port, text } from "@countersign/daemon/config";
import { serve } from "@countersign/daemon/http";
import { runDuty } from "@countersign/daemon/process";
import { proofKey } from "@countersign/federation/dpop";
import { signToken } from "@countersign/federation/jws";

interface Config {
  readonly port: number;
  /** The name that its tokens are issued under. */
  readonly issuer: string;
  /** Whoever has it starts jobs: in the world, whoever runs it. */
  readonly operatorToken: string;
}

const fields: { readonly [K in keyof Config]: Field<Config[K]> } = { port, issuer: text, operatorToken: text };

/** A token lives for as long as GitHub's. */
const tokenSeconds = 600;

/**
 * `POST /jobs` with the claims of a job starts one, and answers what the job's environment would hold. `GET /jobs/:id/token?audience=` with the job's
 * own token signs an identity token about it, for any audience that it asks for, as GitHub does. Discovery and keys are where OpenID Connect has them.
 */
runDuty(
  "ci-platform",
  (json) => parseFields<Config>(json, fields),
  async ({ port, issuer, operatorToken }, signal) => {
    const key = await proofKey();
    const jwk = { ...key.jwk, kid: key.thumbprint, alg: "ES256", use: "sig" };
    const jobs = new Map<string, { readonly token: string; readonly claims: Readonly<Record<string, string>> }>();
    let url = "";

    const start = async (request: Request): Promise<Response> => {
      if (!bears(request, operatorToken)) return new Response(null, { status: 401 });
      const [id, token] = [randomUUID(), randomUUID()];
      jobs.set(id, { token, claims: (await request.json()) as Readonly<Record<string, string>> });
      return Response.json({ requestUrl: `${url}/jobs/${id}/token`, requestToken: token });
    };
    const token = async (request: Request, id: string, audience: string): Promise<Response> => {
      const job = jobs.get(id);
      if (job === undefined || !bears(request, job.token)) return new Response(null, { status: 401 });
      const iat = Math.floor(Date.now() / 1000);
      const claims = { ...job.claims, iss: issuer, aud: audience, iat, nbf: iat, exp: iat + tokenSeconds, jti: randomUUID() };
      return Response.json({ value: await signToken({ typ: "JWT" }, claims, { ...key, kid: key.thumbprint }) });
    };

    url = await serve(
      async (request) => {
        const { pathname, searchParams } = new URL(request.url);
        const [, id] = /^\/jobs\/([^/]+)\/token$/.exec(pathname) ?? [];
        if (pathname === "/.well-known/openid-configuration") return Response.json({ issuer, jwks_uri: `${url}/jwks` });
        if (pathname === "/jwks") return Response.json({ keys: [jwk] });
        if (pathname === "/jobs" && request.method === "POST") return start(request);
        return id === undefined ? new Response(null, { status: 404 }) : token(request, id, searchParams.get("audience") ?? issuer);
      },
      { port },
      signal,
    );
    return { url };
  },
);

function bears(request: Request, secret: string): boolean {
  const given = Buffer.from(request.headers.get("authorization") ?? "");
  const expected = Buffer.from(`Bearer ${secret}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
