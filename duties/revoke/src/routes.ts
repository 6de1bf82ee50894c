// SPDX-License-Identifier: Apache-2.0
import { respondRefusal } from "@countersign/daemon/http";
import { Hono } from "hono";
import type { Revoker } from "./revoker.ts";

/** Refusals that are about who asks, what stands already, or what this duty could not finish; every other is about what was sent. */
const statuses: Readonly<Record<string, 403 | 409 | 503>> = {
  "operator-not-known": 403,
  "asker-not-known": 403,
  "brake-asked-already": 409,
  "denial-kept": 503,
  "policy-unknown": 503,
};

/** What a revoker answers. Its list itself is in the store, for everybody. */
export function routes(name: string, revoker: Revoker): Hono {
  const app = new Hono();

  app.post("/denials", async ({ req }) => {
    const denied = await revoker.deny(new Uint8Array(await req.arrayBuffer()));
    if (denied.ok) return Response.json({ version: denied.value.version }, { status: 201 });
    return respondRefusal(denied.refusal, statuses[denied.refusal.code] ?? 400);
  });

  app.post("/brakes", async ({ req }) => {
    const held = await revoker.brake(new Uint8Array(await req.arrayBuffer()));
    if (!held.ok) return respondRefusal(held.refusal, statuses[held.refusal.code] ?? 400);
    const { version, denials } = held.value;
    return Response.json({ version, until: denials.at(-1)?.until ?? null }, { status: 201 });
  });

  app.get("/denials", () => {
    const { version, denials, logged } = revoker.record;
    return Response.json({ revoker: name, version, denials, logged });
  });

  return app;
}
