// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { jobKey } from "@countersign/build/certified-key";
import { startDuty } from "@countersign/daemon/child";
import type { GrantDetails } from "@countersign/federation/details";
import { proofKey } from "@countersign/federation/dpop";
import { grantHeaders } from "@countersign/federation/exchange";
import { signGrant } from "@countersign/federation/grant";
import { signToken, type TokenSigner } from "@countersign/federation/jws";
import { documentBytes, signDocument } from "@countersign/repository/sign-document";
import type { TokenRule } from "@countersign/trust/build/builder-rule";
import { firstBuilder } from "@countersign/world/plan";
import { anchorFile, dutyDirectory, placeIn } from "@countersign/world/project";
import type { Strike } from "./attack.ts";
import type { Lab } from "./lab.ts";

/** What a CI job of the attacker's is, and what it sends to the issuer. */
export interface ForgedJob {
  /** What the platform says of the job, besides what it says of the honest one. */
  readonly claims?: Readonly<Record<string, string>>;
  /** Whom the token was made for, if not for the issuer. */
  readonly audience?: string;
  /** What the grant is for, besides what the honest job's is. */
  readonly details?: Partial<GrantDetails>;
  /** The grant was taken from another job, without the key that it is bound to. */
  readonly stolenGrant?: boolean;
}

const grantIssuer = "https://govern.example";
const commit = "6".repeat(40);
let issuers = 0;

/**
 * Lets the issuer of the lab's builder, a process with its own key and an empty record, be asked by a job of the attacker's. The platform and govern are genuine
 * in what they sign, and say of the job what is true; govern lets every grant be used. Success is a certificate.
 */
export async function strikeIssuer({ project, scratch }: Lab, store: string, job: ForgedJob, without: readonly string[]): Promise<Strike> {
  const { certified, holder, id } = firstBuilder(project.plan);
  if (certified === undefined) throw new Error("the lab's builder has a standing key");
  const { token } = certified;
  await using peers = await startPeers(token.issuer);
  const own = join(scratch, `issuer-${++issuers}`);
  const config = {
    port: 0,
    key: placeIn(dutyDirectory(project, holder)),
    audience: token.audience,
    store,
    anchor: anchorFile(project),
    ledger: peers.url,
    govern: peers.url,
    grantIssuer,
    issuers: { [token.issuer]: peers.url },
    state: `${own}.sqlite`,
  };
  await writeFile(`${own}.json`, JSON.stringify(config));
  const issuer = await startDuty(fileURLToPath(import.meta.resolve("@countersign/attacks/lab/weakened-issuer")), `${own}.json`, without);
  try {
    return await ask(`${issuer.url}/certificates`, { job, peers, token, builder: id, channel: project.plan.channel });
  } finally {
    await issuer.stop();
  }
}

interface Asking {
  readonly job: ForgedJob;
  readonly peers: Peers;
  /** What the policy says of tokens. */
  readonly token: TokenRule;
  readonly builder: string;
  readonly channel: string;
}

async function ask(url: string, { job, peers, token: rule, builder, channel }: Asking): Promise<Strike> {
  const iat = Math.floor(Date.now() / 1000);
  const times = { iat, exp: iat + 300, jti: randomUUID() };
  const says = {
    sub: "job",
    sha: commit,
    run_id: "1",
    ...rule.claims,
    ...job.claims,
    iss: rule.issuer,
    aud: job.audience ?? rule.audience,
  };
  const token = await signToken({ typ: "JWT" }, { ...says, ...times }, peers.signer);
  const dpop = await proofKey();
  const { thumbprint } = job.stolenGrant === true ? await proofKey() : dpop;
  const details: GrantDetails = { type: "countersign", window: "w-1", duty: "build", channel, digest: commit, uses: 1, ...job.details };
  const identity = { iss: grantIssuer, aud: rule.audience, sub: "builder", client_id: "builder", act: { sub: "job", recorded: {} } };
  const grant = await signGrant({ ...identity, ...times, cnf: { jkt: thumbprint }, authorization_details: [details] }, peers.signer);
  const key = await jobKey();
  const request = { _type: "certificate-request", spec: "countersign/1", channel, builder, version: "6.6.6", key: key.key, token };
  const response = await fetch(url, {
    method: "POST",
    headers: await grantHeaders({ grant, key: dpop }, { method: "POST", url }, { now: Date.now, id: randomUUID }),
    body: Buffer.from(documentBytes(await signDocument(request, [key]))),
  });
  const answer = (await response.json()) as {
    readonly signed?: { readonly commit: string; readonly notAfter: number };
    readonly refusal?: { readonly check?: string; readonly code: string; readonly expected: string; readonly found: string };
  };
  if (answer.signed !== undefined)
    return { succeeded: true, evidence: `the issuer certified its key, for commit ${answer.signed.commit.slice(0, 8)}` };
  const { check, code = "", expected = "", found = "" } = answer.refusal ?? {};
  return { succeeded: false, check: check ?? code, at: "duty build, issuer", evidence: `expected ${expected}; found ${found}` };
}

interface Peers extends AsyncDisposable {
  readonly url: string;
  readonly signer: TokenSigner;
}

/** The platform's and govern's keys, a govern that counts no use, and a ledger that takes everything: none of them is what is attacked. */
async function startPeers(platform: string): Promise<Peers> {
  const key = await proofKey();
  const jwk = { ...key.jwk, kid: key.thumbprint, alg: "ES256", use: "sig" };
  const server = createServer((asked, response) => {
    const at = `http://${asked.headers.host}`;
    const answers: Readonly<Record<string, object>> = {
      "/.well-known/openid-configuration": { issuer: platform, jwks_uri: `${at}/jwks` },
      "/jwks": { keys: [jwk] },
      "/grants/use": {},
      "/entries": { index: 0, proof: "" },
    };
    response.end(JSON.stringify(answers[asked.url ?? ""]));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    signer: { alg: "ES256", kid: key.thumbprint, sign: key.sign },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
