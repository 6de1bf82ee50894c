// SPDX-License-Identifier: Apache-2.0
import { respondRefusal } from "@countersign/daemon/http";
import { decodeBundle } from "@countersign/tlog/bundle";
import { parseEntry } from "@countersign/tlog/entry";
import { leafHash } from "@countersign/tlog/hash";
import { accept, type Outcome, type Refusal, refuse } from "@countersign/tlog/refusal";
import { Hono } from "hono";
import type { Ledger, Logged } from "./ledger.ts";

/** What the ledger answers over HTTP. The log's files are not served here: they are static, and anyone can mirror them. */
export function routes(ledger: Ledger): Hono {
  const app = new Hono();

  app.post("/entries", async ({ req }) => withEntry(await req.arrayBuffer(), (entry) => ledger.append(entry)));
  app.post("/bundle", async ({ req }) => respond(await appendBundle(new Uint8Array(await req.arrayBuffer()), ledger)));
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

/** Many entries in one request, as a bundle of the log has them: all of their proofs, or the first refusal; those that have their place by then keep it. */
async function appendBundle(body: Uint8Array, ledger: Ledger): Promise<Outcome<{ readonly entries: readonly Logged[] }>> {
  const entries = decodeBundle(body);
  if (!entries.ok) return entries;
  for (const entry of entries.value) {
    const parsed = parseEntry(entry);
    if (!parsed.ok) return parsed;
  }
  const logged: Logged[] = [];
  for (const outcome of await Promise.all(entries.value.map((entry) => ledger.append(entry)))) {
    if (!outcome.ok) return outcome;
    logged.push(outcome.value);
  }
  return accept({ entries: logged });
}

async function withEntry(body: ArrayBuffer, act: (entry: Uint8Array) => Promise<Outcome<Logged>>): Promise<Response> {
  const entry = new Uint8Array(body);
  const parsed = parseEntry(entry);
  return respond(parsed.ok ? await act(entry) : parsed);
}

function respond(outcome: Outcome<Logged | { readonly entries: readonly Logged[] }>): Response {
  return outcome.ok ? Response.json(outcome.value) : respondRefusal(outcome.refusal, statusOf(outcome.refusal));
}

/** Anything but an entry that is not there is for the ledger and its witnesses to mend, and the same request may be sent again. */
function statusOf({ code }: Refusal): 400 | 404 | 503 {
  if (code === "bundle-malformed" || code === "entry-malformed") return 400;
  return code === "entry-not-published" ? 404 : 503;
}
