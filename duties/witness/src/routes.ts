// SPDX-License-Identifier: Apache-2.0
import { respondRefusal } from "@countersign/daemon/http";
import { sha256 } from "@countersign/tlog/hash";
import { refuse } from "@countersign/tlog/refusal";
import { Hono } from "hono";
import { addCheckpoint, type Witness } from "./witness.ts";

/** The HTTP of c2sp.org/tlog-witness: submission and monitoring under one prefix. */
export function routes(witness: Witness): Hono {
  const origins = new Map(witness.logs.map(({ name }) => [Buffer.from(sha256(Buffer.from(name))).toString("hex"), name]));
  const app = new Hono();

  app.post("/add-checkpoint", async ({ req }) => {
    const answer = await addCheckpoint(new Uint8Array(await req.arrayBuffer()), witness);
    if (answer.status === 200) return new Response(answer.cosignature, { headers: { "content-type": "text/plain; charset=utf-8" } });
    if (answer.status === 409) return new Response(`${answer.size}\n`, { status: 409, headers: { "content-type": "text/x.tlog.size" } });
    return respondRefusal(answer.refusal, answer.status);
  });

  app.get("/:origin/checkpoint", ({ req }) => {
    const seen = witness.store.latest(origins.get(req.param("origin")) ?? "");
    if (seen !== undefined) return new Response(seen.note, { headers: { "content-type": "text/plain; charset=utf-8" } });
    return respondRefusal(refuse("checkpoint-unseen", "a log of this witness", "none seen yet", "wait for the log to ask").refusal, 404);
  });

  return app;
}
