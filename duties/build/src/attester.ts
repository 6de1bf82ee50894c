// SPDX-License-Identifier: Apache-2.0
import { openKey } from "@countersign/custody/place";
import { directoryStore } from "@countersign/repository/directory-store";
import { ledgerClient } from "@countersign/repository/ledger-client";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { BuilderKey } from "./attest.ts";
import { certifiedKey } from "./certified-key.ts";
import { type Config, readConfig } from "./config.ts";
import { type Delivery, deliver } from "./delivery.ts";
import { tokensFrom } from "./job-token.ts";

/** Attests one build, as a configuration file describes it. `environment` is the job's, in which its platform leaves what it takes to ask for tokens. */
export async function attestBuild(
  configFile: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Outcome<Delivery>> {
  const config = await readConfig(configFile);
  if (!config.ok) return config;
  const { artifacts, store, ledger, key: _, certified: __, ...build } = config.value;
  const written = directoryStore(store, {
    prefixes: ["artifacts/", "provenance/", "proofs/"],
    immutable: (path) => !path.startsWith("proofs/"), // proofs of one entry differ by the checkpoint they stand on
  });
  return deliver(artifacts, build, () => builderKey(config.value, environment), written, ledgerClient(ledger));
}

async function builderKey(config: Config, environment: Readonly<Record<string, string | undefined>>): Promise<Outcome<BuilderKey>> {
  if (config.certified !== undefined) return certifiedKey(config.certified, config, tokensFrom(config.certified.token, environment));
  if (config.key === undefined) throw new Error("a configuration without a key was read");
  return accept(await openKey(config.key));
}
