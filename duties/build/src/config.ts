// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { array, closed, type Decoder, decodeBytes, matching, record, text } from "@countersign/trust/decode";
import { type Outcome, refuse } from "@countersign/trust/refusal";

/** One build, as the pipeline that ran it describes it. */
export interface Config {
  /** Paths of the files that were built. */
  readonly artifacts: readonly string[];
  /** Directory of the store. */
  readonly store: string;
  /** URL of the ledger. */
  readonly ledger: string;
  readonly keyFile: string;
  readonly passphraseFile: string;
  readonly builderId: string;
  readonly buildType: string;
  readonly source: string;
  readonly commit: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const config: Decoder<Config> = closed<Config>({
  artifacts: array(text, 1, 64),
  store: text,
  ledger: matching(/^https?:\/\/[^/]/, "an http or https URL"),
  keyFile: text,
  passphraseFile: text,
  builderId: text,
  buildType: text,
  source: text,
  commit: matching(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "a git commit in hex"),
  parameters: record(text, text),
});

/** Reads the configuration file; a member that is missing, malformed or unknown is refused. */
export async function readConfig(path: string | undefined): Promise<Outcome<Config>> {
  if (path === undefined) return refuse("config-missing", "the path of a JSON file", "no argument", "Run: main.ts build.json");
  return decodeBytes(config, await readFile(path), path);
}
