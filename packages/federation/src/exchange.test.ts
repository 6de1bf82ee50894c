// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { accept } from "@countersign/trust/refusal";
import { proofKey, provenBy, verifyProof } from "./dpop.ts";
import { type ExchangeRequest, exchangeToken, grantHeaders } from "./exchange.ts";

const url = "https://govern.example/token";
const now = () => Date.parse("2026-11-23T12:00:00Z");
const id = () => randomUUID();

async function asked(): Promise<ExchangeRequest> {
  const details = { type: "countersign", window: "w-1", duty: "propose", channel: "stable", digest: "d".repeat(64), uses: 1 } as const;
  return { url, identity: "ci", subject: "token", subjectToken: "a.b.c", details, key: await proofKey() };
}

test("the exchange makes its proof again with the nonce that it is given, once, with the same token", async () => {
  const seen: { nonce: unknown; token: string | null; id: string }[] = [];
  const request = await asked();
  const answered = await exchangeToken(request, {
    now,
    id,
    fetch: async (_, init) => {
      const form = new URLSearchParams(String(init.body));
      const proof = new Headers(init.headers).get("dpop") ?? "";
      const { outcome } = await verifyProof(proof, { use: { method: "POST", url }, isNonce: undefined, now: now() });
      assert.ok(outcome.ok, "the proof is for this request");
      assert.equal(provenBy(outcome.value).thumbprint, request.key.thumbprint);
      const { nonce } = outcome.value.claims;
      seen.push({ nonce, token: form.get("subject_token"), id: provenBy(outcome.value).id });
      if (nonce !== "n-1")
        return Response.json({ error: "use_dpop_nonce", error_description: "x" }, { status: 400, headers: { "dpop-nonce": "n-1" } });
      return Response.json({ access_token: "g.h.i", token_type: "DPoP", expires_in: 300, issued_token_type: "x" });
    },
  });
  assert.deepEqual(answered, accept({ grant: "g.h.i", key: request.key, expiresIn: 300 }));
  assert.deepEqual(
    seen.map(({ nonce, token }) => [nonce, token]),
    [
      [undefined, "a.b.c"],
      ["n-1", "a.b.c"],
    ],
  );
  assert.notEqual(seen[0]?.id, seen[1]?.id, "no proof is used twice");
});

test("attack: a server that asks for nonces without end is asked twice", async () => {
  let times = 0;
  const answered = await exchangeToken(await asked(), {
    now,
    id,
    fetch: async () => {
      times++;
      return Response.json({ error: "use_dpop_nonce" }, { status: 400, headers: { "dpop-nonce": `n-${times}` } });
    },
  });
  assert.equal(times, 2);
  assert.equal(!answered.ok && answered.refusal.code, "exchange-refused");
});

test("a refusal is the one that govern gave; a bearer token is no grant; a server that is down is a refusal", async () => {
  const request = await asked();
  const refusal = { code: "window-closed", expected: "a", found: "b", remedy: "c" };
  const by = (fetch: () => Promise<Response>) => exchangeToken(request, { now, id, fetch });
  assert.deepEqual(await by(async () => Response.json({ error: "access_denied", refusal }, { status: 400 })), { ok: false, refusal });
  const bearer = await by(async () => Response.json({ access_token: "x", token_type: "Bearer", expires_in: 300 }));
  assert.equal(!bearer.ok && bearer.refusal.code, "malformed-document");
  const down = await by(() => Promise.reject(new TypeError("fetch failed")));
  assert.equal(!down.ok && down.refusal.code, "issuer-unreachable");
});

test("a grant goes out with a proof that is bound to it", async () => {
  const { key } = await asked();
  const headers = await grantHeaders({ grant: "g.h.i", key }, { method: "POST", url: "https://govern.example/proposals" }, { now, id });
  assert.equal(headers.authorization, "DPoP g.h.i");
  const use = { method: "POST", url: "https://govern.example/proposals", grant: "g.h.i" };
  assert.ok((await verifyProof(headers.dpop, { use, isNonce: undefined, now: now() })).outcome.ok);
  const other = await verifyProof(headers.dpop, { use: { ...use, grant: "other" }, isNonce: undefined, now: now() });
  assert.equal(other.outcome.ok, false);
});

test("a kept connection that the server had just closed is asked again, and only once", async () => {
  const request = await asked();
  const reset = new TypeError("fetch failed", { cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }) });
  let times = 0;
  const answering = (resets: number) => async (): Promise<Response> => {
    times++;
    if (times <= resets) throw reset;
    return Response.json({ access_token: "g.h.i", token_type: "DPoP", expires_in: 300 });
  };
  assert.ok((await exchangeToken(request, { now, id, fetch: answering(1) })).ok);
  times = 0;
  const dead = await exchangeToken(request, { now, id, fetch: answering(9) });
  assert.deepEqual([!dead.ok && dead.refusal.code, times], ["issuer-unreachable", 2]);
});
