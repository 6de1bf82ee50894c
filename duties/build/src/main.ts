// SPDX-License-Identifier: Apache-2.0
import { KeyRefused } from "@countersign/custody/outcome";
import type { Outcome } from "@countersign/trust/refusal";
import { attestBuild } from "./attester.ts";
import type { Delivery } from "./delivery.ts";

const outcome = await attestBuild(process.argv[2], process.env).catch((error: unknown): Outcome<Delivery> => {
  if (error instanceof KeyRefused) return { ok: false, refusal: error.refusal };
  throw error;
});
if (outcome.ok) process.stdout.write(`${JSON.stringify(outcome.value)}\n`);
else {
  process.stderr.write(`${JSON.stringify({ refusal: outcome.refusal })}\n`);
  process.exitCode = 2;
}
