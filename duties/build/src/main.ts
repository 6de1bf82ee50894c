// SPDX-License-Identifier: Apache-2.0
import { KeyRefused } from "@countersign/custody/outcome";
import { openKey } from "@countersign/custody/place";
import { directoryStore } from "@countersign/repository/directory-store";
import { ledgerClient } from "@countersign/repository/ledger-client";
import type { Outcome } from "@countersign/trust/refusal";
import { readConfig } from "./config.ts";
import { type Delivery, deliver } from "./delivery.ts";

async function run(configFile: string | undefined): Promise<Outcome<Delivery>> {
  const config = await readConfig(configFile);
  if (!config.ok) return config;
  const { artifacts, store, ledger, key, ...build } = config.value;
  const written = directoryStore(store, {
    prefixes: ["artifacts/", "provenance/", "proofs/"],
    immutable: (path) => !path.startsWith("proofs/"), // proofs of one entry differ by the checkpoint they stand on
  });
  return deliver(artifacts, build, await openKey(key), written, ledgerClient(ledger));
}

const outcome = await run(process.argv[2]).catch((error: unknown): Outcome<Delivery> => {
  if (error instanceof KeyRefused) return { ok: false, refusal: error.refusal };
  throw error;
});
if (outcome.ok) process.stdout.write(`${JSON.stringify(outcome.value)}\n`);
else {
  process.stderr.write(`${JSON.stringify({ refusal: outcome.refusal })}\n`);
  process.exitCode = 2;
}
