// SPDX-License-Identifier: Apache-2.0
import { type Digest, isDigest } from "@countersign/trust/digest";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import { z } from "zod";

/** A name means nothing in a path, a URL or a pattern. */
export const name: z.ZodType<string> = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/, "a name of letters, digits and . _ + -, and no wildcard");

export const digest: z.ZodType<Digest> = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "a SHA-256 in 64 lower-case hex digits")
  .refine(isDigest);

export const keyid: z.ZodType<string> = z.string().regex(/^[0-9a-f]{64}$/, "a key identifier in hex");

export const whole: z.ZodType<number> = z.int().min(0);

export const reason: z.ZodType<string> = z.string().max(500).regex(/\S/, "a reason");

/** A body that says nothing. */
export const nothing: z.ZodType<Readonly<Record<never, never>>> = z.strictObject({});

/** The refusal of what has not the shape that was asked for. */
export function malformed(error: z.ZodError, found: unknown): Outcome<never> {
  const expected = error.issues.map(({ path, message }) => `${path.join(".") || "the body"}: ${message}`).join("; ");
  return refuse("malformed-request", expected, JSON.stringify(found).slice(0, 200), "Correct the request; unknown members are errors.");
}

/** One route, as `GET /openapi.json` describes it; with the shape that its handler reads. */
export interface RouteDescription {
  readonly method: "GET" | "POST";
  /** As hono writes it: `/identities/:name`. */
  readonly path: string;
  readonly summary: string;
  /** The body, or that of the act, where `act` names the act that a person signs. */
  readonly body?: z.ZodType;
  readonly act?: string;
  /** Names of the fields of a form, where it takes one. */
  readonly form?: readonly string[];
  /** Names of what may stand behind a question mark. */
  readonly query?: readonly string[];
}
