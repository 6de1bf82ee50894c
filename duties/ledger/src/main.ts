// SPDX-License-Identifier: Apache-2.0
import { every } from "@countersign/daemon/every";
import { serve } from "@countersign/daemon/http";
import { runDuty } from "@countersign/daemon/process";
import { parseConfig } from "./config.ts";
import { openLedger } from "./open-ledger.ts";
import { routes } from "./routes.ts";

runDuty("ledger", parseConfig, async (config, signal) => {
  const opened = await openLedger(config);
  if (!opened.ok) return opened;
  const { ledger } = opened.value;
  every(config.batchMilliseconds, signal, () => ledger.turn());
  return { url: await serve(routes(ledger), { port: config.port }, signal) };
});
