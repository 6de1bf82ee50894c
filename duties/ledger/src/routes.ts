// SPDX-License-Identifier: Apache-2.0
import { respondRefusal } from "@countersign/daemon/http";
import { parseEntry } from "@countersign/tlog/entry";
import { leafHash } from "@countersign/tlog/hash";
import { type Outcome, type Refusal, refuse } from "@countersign/tlog/refusal";
import { Hono } from "hono";
import type { Ledger, Logged } from "./ledger.ts";

/** What the ledger answers over HTTP. The log's files are not served here: they are static, and anyone can mirror them. */
export function routes(ledger: Ledger): Hono {
  const app = new Hono();

  app.post("/entries", async ({ req }) => withEntry(await req.arrayBuffer(), (entry) => ledger.append(entry)));
  app.post("/proof", async ({ req }) => withEntry(await req.arrayBuffer(), (entry) => ledger.prove(leafHash(entry))));

  app.get("/proof", async ({ req }) => {
    const leaf = req.query("entry") ?? "";
    if (/^[0-9a-f]{64}$/.test(leaf)) return respond(await ledger.prove(Buffer.from(leaf, "hex")));
    return respondRefusal(
      refuse("query-malformed", "?entry=<leaf hash in hex>", leaf.slice(0, 80), "ask with the leaf hash of the entry").refusal,
    );
  });

  app.get("/checkpoint", () => {
    const { checkpoint } = ledger;
    if (checkpoint !== undefined) return new Response(checkpoint, { headers: { "content-type": "text/plain; charset=utf-8" } });
    const remedy = "wait until a quorum of witnesses has cosigned";
    return respondRefusal(refuse("checkpoint-not-published", "a published checkpoint", "none yet", remedy).refusal, 404);
  });

  return app;
}

async function withEntry(body: ArrayBuffer, act: (entry: Uint8Array) => Promise<Outcome<Logged>>): Promise<Response> {
  const entry = new Uint8Array(body);
  const parsed = parseEntry(entry);
  return parsed.ok ? respond(await act(entry)) : respondRefusal(parsed.refusal, 400);
}

function respond(outcome: Outcome<Logged>): Response {
  return outcome.ok ? Response.json(outcome.value) : respondRefusal(outcome.refusal, statusOf(outcome.refusal));
}

/** Anything but an entry that is not there is for the ledger and its witnesses to mend, and the same request may be sent again. */
function statusOf({ code }: Refusal): 404 | 503 {
  return code === "entry-not-published" ? 404 : 503;
}
