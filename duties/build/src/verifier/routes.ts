// SPDX-License-Identifier: Apache-2.0
import { logEvent } from "@countersign/daemon/event";
import { respondRefusal } from "@countersign/daemon/http";
import { type Digest, isDigest } from "@countersign/trust/digest";
import { Hono } from "hono";
import { z } from "zod";
import { type Verifying, vouch } from "./vouch.ts";

const request = z.strictObject({
  channel: z.string().max(128),
  version: z.string().regex(/^[\x21-\x7e]{1,128}$/),
  artifacts: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(256),
        sha256: z.custom<Digest>((value) => typeof value === "string" && isDigest(value)),
      }),
    )
    .min(1)
    .max(64),
  /** The bundle's bytes. */
  bundle: z.base64(),
});

/** What a verifier answers: the digest of a summary, which is in the store and the ledger, or why there is none. */
export function routes(verifying: Verifying): Hono {
  const app = new Hono();

  app.post("/summaries", async ({ req }) => {
    const body = request.safeParse(await req.json());
    if (!body.success) {
      const found = body.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
      return respondRefusal({
        code: "request-malformed",
        expected: "channel, version, artifacts and bundle",
        found,
        remedy: "See duties/build/README.md.",
      });
    }
    const { outcome, verdicts } = await vouch({ ...body.data, bundle: Buffer.from(body.data.bundle, "base64") }, verifying);
    if (outcome.ok) return Response.json({ provenance: outcome.value }, { status: 201 });
    const check = verdicts.find(({ refusal }) => refusal !== undefined)?.check;
    logEvent("build-verifier", "not-vouched-for", { ...outcome.refusal, check: check ?? "" });
    return respondRefusal({ ...outcome.refusal, ...(check === undefined ? {} : { check }) }, 403);
  });

  return app;
}
