// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { signAct } from "@countersign/release/personal-act";
import { app } from "./app.ts";
import type { Govern } from "./govern.ts";
import { memoryKey } from "./memory-key.test-support.ts";
import { bodyShape, openApiOf } from "./openapi.ts";
import { routes } from "./routes.ts";

const file = new URL("../../../docs/govern.openapi.json", import.meta.url);

test("every route is described, and nothing else", () => {
  const there = app({} as Govern, async () => undefined).routes.map(({ method, path }) => `${method} ${path.replace(/(.)\/$/, "$1")}`);
  assert.deepEqual(routes.map(({ method, path }) => `${method} ${path}`).sort(), there.sort());
});

test("docs/govern.openapi.json is what is generated; print it again with: node launch.js duties/govern/src/print-openapi.ts", () => {
  assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), JSON.parse(JSON.stringify(openApiOf(routes))));
});

test("what a person signs has the shape that is described, and another act, subject or member has not", async () => {
  const key = memoryKey();
  for (const route of routes.filter(({ act }) => act !== undefined)) {
    const body = bodyShape(route);
    const bodyOf: Readonly<Record<string, object>> = {
      "identity.suspend": { reason: "to see" },
      "identity.retire": { reason: "to see" },
      "identity.renew": { reviewBy: "2027-01-01" },
      "window.request": { seconds: 60, releases: 1, reason: "to see" },
    };
    const act = route.act ?? "";
    const said = bodyOf[act] ?? {};
    const document = await signAct(key, { act, subject: "ci", body: said, now: Date.now(), nonce: Buffer.alloc(16) });
    if (act in bodyOf) assert.equal(body?.safeParse(document).success, true, act);
    assert.equal(body?.safeParse({ ...document, signed: { ...document.signed, act: "another.act" } }).success, false, act);
    assert.equal(body?.safeParse({ ...document, signed: { ...document.signed, extra: 1 } }).success, false, act);
    assert.equal(body?.safeParse({ ...document, signatures: [] }).success, false, act);
    assert.equal(body?.safeParse(said).success, false, act);
  }
});

test("bodies and paths are described in full: no member more than the shapes have, and every parameter", () => {
  const { paths } = openApiOf(routes);
  const { post } = paths["/requests/{id}/signatures"] as {
    post: { parameters: object[]; requestBody: { content: Record<string, { schema: object }> } };
  };
  assert.deepEqual(post.parameters, [{ name: "id", in: "path", required: true, schema: { type: "string" } }]);
  const { schema } = post.requestBody.content["application/json"] as { schema: { required: string[]; additionalProperties: boolean } };
  assert.deepEqual([schema.required.sort(), schema.additionalProperties], [["keyid", "sig", "signer", "verdicts"], false]);
});
