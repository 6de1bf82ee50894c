// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from "@countersign/trust/check";
import type { Signature } from "@countersign/trust/envelope";
import type { Refusal } from "@countersign/trust/refusal";
import { z } from "zod";
import { keyid, name } from "./shapes.ts";

/** What a signer last said about a request: shown to people, and believed by nobody. */
export interface Trail {
  readonly signer: string;
  readonly ok: boolean;
  readonly verdicts: readonly Verdict[];
  readonly refusal?: Refusal;
}

const text = z.string();
const refusal = z.object({ code: text, expected: text, found: text, remedy: text });
const verdict = z.object({ check: text, source: text, expected: text, found: text, refusal: refusal.exactOptional() });
const said = { signer: name, verdicts: z.array(verdict) };

/** A signer's signature of a request, and why it signed. */
export const signatureShape: z.ZodType<Signature & Pick<Trail, "signer" | "verdicts">> = z.strictObject({
  keyid,
  sig: z.string().regex(/^([0-9a-f]{2}){1,4627}$/, "a signature in hex"), // that of ML-DSA-87 is the longest
  ...said,
});

/** Why a signer did not sign. */
export const refusalShape: z.ZodType<Required<Omit<Trail, "ok">>> = z.strictObject({ refusal, ...said });

/** A trail as it is kept. */
export const trailShape: z.ZodType<Trail> = z.strictObject({ ...said, ok: z.boolean(), refusal: refusal.exactOptional() });

// Of `revocations-withheld` too: two revokers write one path, and for a moment what is served may be older than what was seen.
const notYet: readonly string[] = [
  "soak-not-over",
  "not-read-past",
  "revocations-stale",
  "revocations-withheld",
  "rate-limited",
  "renewal-not-due",
];

/** Whether it is a no: one of the signer's checks refused, and not for now only. A signer that could not look has not said no. */
export function refuses({ verdicts }: Trail): boolean {
  return verdicts.some(({ refusal }) => refusal !== undefined && !notYet.includes(refusal.code));
}
