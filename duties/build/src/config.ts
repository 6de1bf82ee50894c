// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { type KeyPlace, parsePlace } from "@countersign/custody/place";
import { array, closed, type Decoder, decodeBytes, json, Malformed, matching, optional, record, text } from "@countersign/trust/decode";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import type { Build } from "./attest.ts";

/** One build, as the pipeline that ran it describes it. */
export interface Config extends Omit<Build, "artifacts"> {
  /** Paths of the files that were built. */
  readonly artifacts: readonly string[];
  /** Directory of the store. */
  readonly store: string;
  /** URL of the ledger. */
  readonly ledger: string;
  readonly key: KeyPlace;
}

const key: Decoder<KeyPlace> = (value, at) => {
  const place = parsePlace(json(value, at));
  if (!place.ok) throw new Malformed(at, place.refusal.expected, place.refusal.found);
  return place.value;
};

const config: Decoder<Config> = closed<Config>({
  artifacts: array(text, 1, 64),
  store: text,
  ledger: matching(/^https?:\/\/[^/]/, "an http or https URL"),
  key,
  builderId: text,
  buildType: text,
  source: text,
  ref: optional(matching(/^refs\//, "a full ref")),
  commit: matching(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "a git commit in hex"),
  parameters: record(text, json),
  repositoryId: optional(text),
  ownerId: optional(text),
  runnerEnvironment: optional(text),
  eventName: optional(text),
});

/** Reads the configuration file; a member that is missing, malformed or unknown is refused. */
export async function readConfig(path: string | undefined): Promise<Outcome<Config>> {
  if (path === undefined) return refuse("config-missing", "the path of a JSON file", "no argument", "Run: main.ts build.json");
  return decodeBytes(config, await readFile(path), path);
}
