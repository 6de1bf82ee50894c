// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { encodeEntry } from "@countersign/tlog/entry";
import { sha256 } from "@countersign/trust/digest";
import { ledgerClient } from "./ledger-client.ts";

const entry = { type: "channel", digest: sha256(Buffer.from("file")) } as const;
const seen: string[] = [];
const answers = new Map<string, readonly [status: number, body: string]>([
  ["/good/entries", [200, '{"index":7,"proof":"proof text"}']],
  ["/good/checkpoint", [200, "a note\n"]],
  ["/refuses/entries", [503, '{"refusal":{"code":"witnesses-missing","expected":"2","found":"1","remedy":"wait"}}']],
  ["/odd/entries", [200, '{"index":-1,"proof":"proof text"}']],
  ["/broken/entries", [500, "<html>"]],
]);
const server = createServer(async (request, response) => {
  const chunks = await request.toArray();
  seen.push(`${request.method} ${request.url} ${Buffer.concat(chunks)}`);
  const [status, body] = answers.get(request.url ?? "") ?? [404, ""];
  response.writeHead(status).end(body);
}).listen(0, "127.0.0.1");
await once(server, "listening");
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
after(() => server.close());

const codeOf = async (ledger: string): Promise<string> => {
  const outcome = await ledgerClient(ledger).append(entry);
  return outcome.ok ? "accepted" : outcome.refusal.code;
};

test("the entry's own bytes are sent, and its place and proof come back", async () => {
  assert.deepEqual(await ledgerClient(`${base}/good`).append(entry), { ok: true, value: { index: 7, proof: "proof text" } });
  assert.equal(seen.at(-1), `POST /good/entries ${Buffer.from(encodeEntry(entry))}`);
  assert.deepEqual(await ledgerClient(`${base}/good`).checkpoint(), { ok: true, value: "a note\n" });
});

test("what the ledger refuses, answers oddly or does not answer is a refusal, never a throw", async () => {
  assert.equal(await codeOf(`${base}/refuses`), "witnesses-missing");
  assert.equal(await codeOf(`${base}/odd`), "malformed-document");
  assert.equal(await codeOf(`${base}/broken`), "ledger-unavailable");
  assert.equal(await codeOf("http://127.0.0.1:9"), "ledger-unavailable");
});
