// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { openKey } from "@countersign/custody/place";
import { every } from "@countersign/daemon/every";
import { serve } from "@countersign/daemon/http";
import { runDuty } from "@countersign/daemon/process";
import { issuerKeys } from "@countersign/federation/issuer-keys";
import { viaPlaces } from "@countersign/federation/issuer-places";
import { directoryStore } from "@countersign/repository/directory-store";
import { httpReader } from "@countersign/repository/http-store";
import { ledgerClient } from "@countersign/repository/ledger-client";
import type { Reader } from "@countersign/repository/store";
import { app } from "./app.ts";
import { type Config, parseConfig } from "./config.ts";
import { openDatabase } from "./database.ts";
import { logActs, logEntries } from "./entries.ts";
import type { Govern } from "./govern.ts";
import type { GovernChecks } from "./govern-checks.ts";
import { progressOf } from "./progress.ts";
import { lookAt } from "./published.ts";
import { type TokenAuthority, tokenSigner } from "./token-authority.ts";

/** Runs govern as this process, with these rules: `governChecks`, or what an attack leaves of them. */
export function runGovern(checks: GovernChecks): void {
  runDuty("govern", parseConfig, async (config, signal) => {
    const database = await openDatabase(config.database);
    const store = readerOf(config);
    const now = Date.now;
    let listening = "";
    const tokens = await tokensOf(config, () => config.url ?? listening);
    const govern: Govern = {
      database,
      store,
      look: lookAt(store, await readFile(config.anchor), now),
      now,
      checks,
      tokens,
      breakGlassSeconds: config.breakGlassSeconds,
    };
    const progress = progressOf(govern, config.channelDays);
    const ledger = ledgerClient(config.ledger);
    every(config.pollMilliseconds, signal, () => logEntries(govern, ledger));
    every(config.pollMilliseconds, signal, () => logActs(govern, ledger));
    every(config.pollMilliseconds, signal, progress);
    listening = await serve(app(govern, progress), { port: config.port }, signal);
    return { url: listening };
  });
}

async function tokensOf(config: Config, url: () => string): Promise<TokenAuthority> {
  const { issuer, audiences, issuers, windowSeconds, windowReleases, grantsPerDay } = config;
  return {
    ...tokenSigner(await openKey(config.tokenKey)),
    issuer,
    url,
    audiences,
    issuerKeys: issuerKeys(viaPlaces(issuers, fetch), Date.now),
    bounds: { longestSeconds: windowSeconds, mostReleases: windowReleases, mostAtOnce: 8, grantsPerDay },
  };
}

function readerOf({ store, storeUrl }: Config): Reader {
  return store === undefined ? httpReader(storeUrl ?? "") : directoryStore(store, { prefixes: [] });
}
