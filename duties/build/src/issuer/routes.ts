// SPDX-License-Identifier: Apache-2.0
import { logEvent } from "@countersign/daemon/event";
import { respondRefusal } from "@countersign/daemon/http";
import { Hono } from "hono";
import { type Issuer, issue } from "./issue.ts";

/** What an issuer answers: a certificate or why there is none, and what it signed under a name that stands in the ledger. `url` is where jobs reach it. */
export function routes(issuer: Issuer, url: () => string): Hono {
  const app = new Hono();

  app.post("/certificates", async ({ req }) => {
    const body = new Uint8Array(await req.arrayBuffer());
    const asked = { body, url: `${url()}/certificates`, authorization: req.header("authorization"), dpop: req.header("dpop") };
    const { outcome, verdicts } = await issue(asked, issuer);
    if (!outcome.ok) {
      logEvent("build-issuer", "not-certified", { ...outcome.refusal, check: verdicts.at(-1)?.check ?? "" });
      return respondRefusal({ ...outcome.refusal, ...named(verdicts.find(({ refusal }) => refusal !== undefined)?.check) }, 403);
    }
    return new Response(Buffer.from(outcome.value), { status: 201, headers: { "content-type": "application/json" } });
  });

  app.get("/certificates/:name", ({ req }) => {
    const document = issuer.record.document(req.param("name"));
    if (document !== undefined) return new Response(document, { headers: { "content-type": "application/json" } });
    return respondRefusal(
      { code: "unknown-certificate", expected: "the name of a certificate", found: req.param("name"), remedy: "Take it from the ledger." },
      404,
    );
  });

  return app;
}

function named(check: string | undefined): { readonly check?: string } {
  return check === undefined ? {} : { check };
}
