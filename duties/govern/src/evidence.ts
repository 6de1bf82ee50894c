// SPDX-License-Identifier: Apache-2.0
import type { Signed } from "@countersign/trust/envelope";
import { z } from "zod";

/** A signed document that an act came about by, as it was sent. Its members are read by the decoder of what it is. */
export const evidence: z.ZodType<Signed<unknown>> = z.strictObject({
  signatures: z.array(z.strictObject({ keyid: z.string(), sig: z.string() })).min(1),
  signed: z.unknown(),
});

/** The person's signed act in a body, where there is one. */
export function evidenceIn(body: unknown): Signed<unknown> | undefined {
  if (typeof body !== "object" || body === null || !("evidence" in body)) return undefined;
  return evidence.parse(body.evidence);
}
