// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { openKey } from "@countersign/custody/place";
import { logEvent } from "@countersign/daemon/event";
import { every } from "@countersign/daemon/every";
import { respondRefusal, serve } from "@countersign/daemon/http";
import { runDuty } from "@countersign/daemon/process";
import { grantsByChannel } from "@countersign/federation/daemon-identity";
import { directoryStore } from "@countersign/repository/directory-store";
import { ledgerClient } from "@countersign/repository/ledger-client";
import { refuse } from "@countersign/trust/refusal";
import { parseConfig } from "./config.ts";
import { governAt } from "./govern.ts";
import { turnsOf } from "./turn.ts";

runDuty("publish", parseConfig, async (config, signal) => {
  const publisher = {
    store: directoryStore(config.store, { prefixes: ["metadata/", "targets/", "proofs/", "sidecars/"] }),
    ledger: ledgerClient(config.ledger),
    anchor: await readFile(config.anchor),
    snapshotKey: await openKey(config.snapshotKey),
    timestampKey: await openKey(config.timestampKey),
    timestampSeconds: config.timestampSeconds,
    snapshotDays: config.snapshotDays,
    now: Date.now,
  };
  const refreshMilliseconds = config.timestampRefreshMilliseconds ?? (config.timestampSeconds * 1000) / 3;
  const govern = governAt(config.govern, await grantsByChannel(config.identities, config.govern));
  const turns = turnsOf(publisher, govern, refreshMilliseconds);
  every(config.pollMilliseconds, signal, async () => {
    const done = await turns.turn();
    if (!done.ok) logEvent("publish", "turn-refused", { ...done.refusal });
  });
  const answer = async (request: Request): Promise<Response> => {
    if (request.method !== "POST" || new URL(request.url).pathname !== "/publish")
      return respondRefusal(refuse("not-found", "POST /publish", `${request.method} ${request.url}`, "See its README.").refusal, 404);
    const done = await turns.turn();
    return done.ok ? Response.json(done.value) : respondRefusal(done.refusal, 503);
  };
  return { url: await serve(answer, { port: config.port }, signal) };
});
