// SPDX-License-Identifier: Apache-2.0
// What the tests of this duty share: a founded repository with real ledger, witnesses and publish, and one govern in this process.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@countersign/daemon/http";
import { daemonGrants } from "@countersign/federation/daemon-identity";
import type { GrantSource } from "@countersign/federation/grant-source";
import { issuerKeys } from "@countersign/federation/issuer-keys";
import { type PersonalAct, signAct } from "@countersign/release/personal-act";
import { signDocument } from "@countersign/repository/sign-document";
import { canonicalDigest } from "@countersign/trust/canonical";
import type { Signed } from "@countersign/trust/envelope";
import type { Approval } from "@countersign/trust/release/approval";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import { certificatePin, daemonIdentity, governAudience } from "@countersign/world/certificate";
import { publishConfig } from "@countersign/world/duty-configs";
import { type Ground, layGround } from "@countersign/world/ground";
import { appPlan } from "@countersign/world/plans/app";
import { anchorFile } from "@countersign/world/project";
import { registrationOf } from "@countersign/world/register";
import { app } from "./app.ts";
import { openDatabase } from "./database.ts";
import { type Engine, sqliteEngine } from "./engine.test-support.ts";
import { logEntries } from "./entries.ts";
import type { Govern } from "./govern.ts";
import { governChecks } from "./govern-checks.ts";
import { type Progress, progressOf } from "./progress.ts";
import { lookAt } from "./published.ts";
import { type TokenAuthority, tokenSigner } from "./token-authority.ts";

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** Of a refusal; "ok" otherwise. */
  readonly code: string;
}

/** What a signer reads of a request. */
export interface AskedRequest {
  readonly id: string;
  readonly channelFile: object;
  readonly added: string | null;
}

/** A govern as its callers see it. */
export interface Client {
  readonly url: string;
  readonly get: (path: string) => Promise<Answer>;
  readonly post: (path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
}

export interface Scene extends AsyncDisposable {
  readonly ground: Ground;
  readonly govern: Govern;
  readonly progress: Progress;
  /** Brings what waits into the ledger, then everything in step. */
  readonly settle: () => Promise<void>;
  readonly client: Client;
  /** What the holder of a key says of a statement or order. */
  readonly say: (holder: string, decision: Approval["decision"], body: Statement | Order) => Promise<Signed<Approval>>;
  /** What a person does, signed just now. */
  readonly act: (person: string, act: string, subject: string, body: unknown) => Promise<Signed<PersonalAct>>;
  /** Opens a window for the channel, wide enough for a test. */
  readonly window: (at?: Client) => Promise<void>;
  /** Where a registered holder gets its grants: by its certificate. */
  readonly grants: (holder: string, at?: Client) => Promise<GrantSource>;
  /** Proposes under a grant of the proposer. */
  readonly propose: (body: Statement | Order, at?: Client) => Promise<Answer>;
  /** Has its owner register one of the plan's daemons, by its certificate; once. */
  readonly enroll: (holder: string, duty: "sign" | "publish") => Promise<void>;
  /** Signs what a request asks for and sends it: under a grant of that signer, or of `granted`; under none where there is none to be had. */
  readonly sign: (request: AskedRequest, holder: string, granted?: string | null) => Promise<Answer>;
  /** Has its owner register the proposer. */
  readonly register: (client: Client) => Promise<Answer>;
  readonly publish: () => Promise<Response>;
}

export async function setScene(approvals: number, engine: Engine = sqliteEngine, now: () => number = Date.now): Promise<Scene> {
  const directory = mkdtempSync(join(tmpdir(), "govern-"));
  const pace = { batchMilliseconds: 10, pollMilliseconds: 3_600_000, heartbeatMilliseconds: 300, timestampSeconds: 3600 };
  const plan = { ...appPlan("hello", "stable", ["ann", "ben", "cem", "dia"]), approvals, pace };
  const ground = await layGround(directory, plan);
  const stopping = new AbortController();
  const database = await openDatabase(await engine.create(directory));
  const look = lookAt(ground.store, readFileSync(anchorFile(ground.project)), Date.now);
  const listening = { url: "" };
  const tokens = await tokensFor(ground, () => listening.url);
  const govern: Govern = { database, store: ground.store, look, now, checks: governChecks, tokens, breakGlassSeconds: 3600 };
  const progress = progressOf(govern, 30);
  const url = await serve(app(govern, progress), { port: 0 }, stopping.signal);
  listening.url = url;
  const publisher = await ground.start("publish", "publish", publishConfig(ground.project, 0, url, ground.ledgerUrl));
  const publish = () => fetch(`${publisher.url}/publish`, { method: "POST" });
  await publish();

  const act: Scene["act"] = async (person, name, subject, body) =>
    signAct(await ground.key(person), { act: name, subject, body, now: Date.now(), nonce: randomBytes(16) });

  const say: Scene["say"] = async (holder, decision, body) => {
    const said: Approval = { _type: "approval", spec: "countersign/1", decision, subject: body._type, digest: canonicalDigest(body) };
    return signDocument(said, [await ground.key(holder)]);
  };
  const client = clientOf(url);
  const sources = new Map<string, Promise<GrantSource>>();
  const grants: Scene["grants"] = (holder, { url: at } = client) => {
    const source = sources.get(`${holder} ${at}`) ?? daemonGrants(daemonIdentity(ground.project, holder), at);
    sources.set(`${holder} ${at}`, source);
    return source;
  };

  const enrolled = new Map<string, Promise<Answer>>();
  const enroll: Scene["enroll"] = async (holder, duty) => {
    const { owner } = [plan.publish, ...plan.signers.holders].find((holding) => holding.holder === holder) ?? { owner: "nobody" };
    const registering = async (): Promise<Answer> =>
      client.post("/identities", await act(owner, "identity.register", holder, await registrationOf(ground.project, holder, owner, duty)));
    const done = enrolled.get(holder) ?? registering();
    enrolled.set(holder, done);
    assert.equal((await done).code, "ok");
  };

  return {
    enroll,
    sign: async ({ id, channelFile, added }, holder, granted = holder) => {
      const { signatures } = await signDocument(channelFile, [await ground.key(holder)]);
      const signed = { ...signatures[0], signer: holder, verdicts: [] };
      const path = `/requests/${id}/signatures`;
      if (granted === null || added === null || !plan.signers.holders.some((holding) => holding.holder === granted))
        return client.post(path, signed);
      await enroll(granted, "sign");
      const source = await grants(granted);
      const got = await source.grantFor({ duty: "sign", channel: "stable", digest: added, uses: 1 });
      return client.post(path, signed, got.ok ? await source.headersFor(got.value, "POST", url + path) : {});
    },
    window: async (at = client) => {
      const asked = { seconds: 3600, releases: 8, reason: "a test" };
      const { body } = await at.post("/windows", await act("ann", "window.request", "stable", asked));
      await at.post("/windows/approvals", await act("ben", "window.approve", String(body["id"]), {}));
    },
    grants,
    propose: async (body, at = client) => {
      const { holder } = plan.proposer;
      const source = await grants(holder, at);
      const granted = await source.grantFor({ duty: "propose", channel: body.channel, digest: canonicalDigest(body), uses: 1 });
      if (!granted.ok) return { status: 400, body: {}, code: granted.refusal.code };
      const headers = await source.headersFor(granted.value, "POST", `${at.url}/proposals`);
      return at.post("/proposals", { body, proposal: await say(holder, "propose", body) }, headers);
    },
    ground,
    govern,
    progress,
    settle: async () => {
      await logEntries(govern, ground.ledger);
      await progress();
    },
    client,
    say,
    act,
    register: async ({ post }) => {
      const { holder, owner } = ground.project.plan.proposer;
      const pin = await certificatePin(ground.project, holder); // in these tests a daemon proposes, for which no CI platform has to speak
      const body = { ...(await registrationOf(ground.project, holder, owner, "propose")), pin };
      return post("/identities", await act(owner, "identity.register", holder, body));
    },
    publish,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await database.destroy();
      await ground[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Whose grants a test's govern issues: bounds wide enough for a test, and the project's own token key. */
export async function tokensFor(ground: Ground, url: () => string): Promise<TokenAuthority> {
  return {
    ...tokenSigner(await ground.key("govern")),
    issuer: governAudience(ground.project.plan),
    url,
    audiences: ["https://issuer.hello.countersign.example"],
    issuerKeys: issuerKeys(fetch, Date.now),
    bounds: { longestSeconds: 86_400, mostReleases: 8, mostAtOnce: 8, grantsPerDay: 50 },
  };
}

export function clientOf(url: string): Client {
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(url + path, init);
    const body = (await response.json()) as Answer["body"] & { refusal?: { code: string } };
    return { status: response.status, body, code: body.refusal?.code ?? "ok" };
  };
  return {
    url,
    get: (path) => ask(path, {}),
    post: (path, body, headers = {}) => ask(path, { method: "POST", headers, body: JSON.stringify(body) ?? null }),
  };
}
