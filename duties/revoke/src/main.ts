// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { openKey } from "@countersign/custody/place";
import { logEvent } from "@countersign/daemon/event";
import { every } from "@countersign/daemon/every";
import { serve } from "@countersign/daemon/http";
import { runDuty } from "@countersign/daemon/process";
import { directoryStore } from "@countersign/repository/directory-store";
import { ledgerClient } from "@countersign/repository/ledger-client";
import { parseConfig } from "./config.ts";
import { recordFile } from "./denial-record.ts";
import { Revoker } from "./revoker.ts";
import { routes } from "./routes.ts";

/** How soon it looks whether something is due: a list to sign or to merge anew, an entry for the ledger. */
const TURN_MILLISECONDS = 500;
/** A request for a brake carries the whole statement. */
const MAX_REQUEST_BYTES = 256 * 1024;

runDuty("revoke", parseConfig, async (config, signal) => {
  const revoker = await Revoker.open({
    name: config.revoker,
    key: await openKey(config.key),
    operators: config.operators,
    store: directoryStore(config.store, { prefixes: ["revocations/"] }),
    ledger: ledgerClient(config.ledger),
    anchor: await readFile(config.anchor),
    file: recordFile(config.state),
    refreshMilliseconds: config.refreshMilliseconds,
    now: Date.now,
  });
  if (!revoker.ok) return revoker;
  const duty = revoker.value;
  every(Math.min(TURN_MILLISECONDS, config.refreshMilliseconds), signal, async () => {
    const refreshed = await duty.refresh();
    if (!refreshed.ok) logEvent("revoke", "not-refreshed", { ...refreshed.refusal });
  });
  every(TURN_MILLISECONDS, signal, async () => {
    const logged = await duty.log(); // apart from the refresh: a ledger that is slow or down delays no list
    if (!logged.ok) logEvent("revoke", "not-logged", { ...logged.refusal });
  });
  return { url: await serve(routes(config.revoker, duty), { port: config.port, maxBodyBytes: MAX_REQUEST_BYTES }, signal) };
});
