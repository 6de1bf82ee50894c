// SPDX-License-Identifier: Apache-2.0
import { respondRefusal } from "@countersign/daemon/http";
import { parseJson } from "@countersign/trust/json";
import { defaultLimits } from "@countersign/trust/limits";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { HonoRequest } from "hono";
import type { z } from "zod";
import { malformed } from "./shapes.ts";

/** Refusals that are about what is here already, rather than about what was sent; every other is a 400. */
const statuses: Readonly<Record<string, 404 | 409>> = {
  "proposal-unknown": 404,
  "request-unknown": 404,
  "identity-unknown": 404,
  "identity-taken": 409,
  "component-taken": 409,
  "proof-taken": 409,
  "sequence-taken": 409,
  "proposal-closed": 409,
  "already-approved": 409,
  "request-closed": 409,
  "act-seen": 409,
  "act-unknown": 404,
  "window-unknown": 404,
};

/** An outcome over HTTP: its value as JSON, or the refusal. */
export function answer(outcome: Outcome<unknown>, status: 200 | 201 = 200): Response {
  if (outcome.ok) return Response.json(outcome.value, { status });
  return respondRefusal(outcome.refusal, statuses[outcome.refusal.code] ?? 400);
}

/** Reads a body: strict JSON of this shape, and no member besides. Documents inside are decoded by whoever uses them. */
export async function readBody<T>(request: HonoRequest, shape: z.ZodType<T>): Promise<Outcome<T>> {
  const json = parseJson(new Uint8Array(await request.arrayBuffer()), defaultLimits);
  if (!json.ok) return json;
  const parsed = shape.safeParse(json.value);
  if (parsed.success) return accept(parsed.data);
  return malformed(parsed.error, json.value);
}
