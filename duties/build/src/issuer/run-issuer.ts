// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { openKey } from "@countersign/custody/place";
import { serve } from "@countersign/daemon/http";
import { runDuty } from "@countersign/daemon/process";
import { issuerKeys } from "@countersign/federation/issuer-keys";
import { viaPlaces } from "@countersign/federation/issuer-places";
import { httpReader } from "@countersign/repository/http-store";
import { ledgerClient } from "@countersign/repository/ledger-client";
import { readFrom } from "@countersign/repository/read-from";
import { openRepository } from "@countersign/repository/view";
import { accept } from "@countersign/trust/refusal";
import { parseConfig } from "./config.ts";
import { grantServer } from "./grant-server.ts";
import type { IssuerChecks } from "./issue.ts";
import { IssuerRecord } from "./record.ts";
import { routes } from "./routes.ts";

const MAX_REQUEST_BYTES = 64 * 1024;

/** Runs an issuer as this process, with these checks: `issuerChecks`, or what an attack leaves of them. */
export function runIssuer(checks: IssuerChecks): void {
  runDuty("build-issuer", parseConfig, async (config, signal) => {
    const anchor = await readFile(config.anchor);
    const read = readFrom(httpReader(config.store));
    const issuer = {
      key: await openKey(config.key),
      audience: config.audience,
      policy: async () => {
        const view = await openRepository(read, anchor, Date.now());
        return view.ok ? accept(view.value.policy) : view;
      },
      platforms: issuerKeys(viaPlaces(config.issuers, fetch), Date.now),
      govern: grantServer(config.grantIssuer, config.govern),
      ledger: ledgerClient(config.ledger),
      record: new IssuerRecord(config.state),
      certificatesPerHour: config.certificatesPerHour,
      now: Date.now,
      checks,
    };
    let url = config.url ?? "";
    const listening = await serve(
      routes(issuer, () => url),
      { port: config.port, maxBodyBytes: MAX_REQUEST_BYTES },
      signal,
    );
    url = config.url ?? listening;
    return { url: listening };
  });
}
