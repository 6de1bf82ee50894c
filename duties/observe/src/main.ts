// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { every } from "@countersign/daemon/every";
import { serve } from "@countersign/daemon/http";
import { runDuty } from "@countersign/daemon/process";
import { httpReader } from "@countersign/repository/http-store";
import { readFrom } from "@countersign/repository/read-from";
import { parseConfig } from "./config.ts";
import { detectors } from "./detectors.ts";
import { FindingsFile } from "./findings-file.ts";
import { LedgerCopy } from "./ledger-copy.ts";
import { Observer } from "./observer.ts";
import { routes } from "./routes.ts";

/** Looks that an entry may go unpublished after its soak, before it is worth a word. */
const GRACE_LOOKS = 60;

runDuty("observe", parseConfig, async ({ port, store, anchor, findings, pollMilliseconds }, signal) => {
  const observer = Observer.open({
    read: readFrom(httpReader(store)),
    anchor: await readFile(anchor),
    detectors,
    findings: new FindingsFile(findings),
    copy: new LedgerCopy(`${findings}.sqlite`),
    graceSeconds: Math.ceil((GRACE_LOOKS * pollMilliseconds) / 1000),
    now: Date.now,
  });
  if (!observer.ok) return observer;
  every(pollMilliseconds, signal, () => observer.value.look());
  return { url: await serve(routes(observer.value), { port }, signal) };
});
