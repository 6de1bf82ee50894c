// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { type KeyPlace, parsePlace } from "@countersign/custody/place";
import { array, closed, type Decoder, decodeBytes, json, Malformed, matching, optional, record, text } from "@countersign/trust/decode";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import type { Build } from "./attest.ts";
import type { Certification } from "./certified-key.ts";
import { type TokenSource, tokenSource } from "./job-token.ts";

/** One build, as the pipeline that ran it describes it. */
export interface Config extends Omit<Build, "artifacts"> {
  /** Paths of the files that were built. */
  readonly artifacts: readonly string[];
  /** Directory of the store. */
  readonly store: string;
  /** URL of the ledger. */
  readonly ledger: string;
  /** A standing key; or, in its place: */
  readonly key?: KeyPlace | undefined;
  readonly certified?: CertifiedJob | undefined;
}

/** How this job gets its key certified. */
export interface CertifiedJob extends Certification {
  readonly token: TokenSource;
}

const key: Decoder<KeyPlace> = (value, at) => {
  const place = parsePlace(json(value, at));
  if (!place.ok) throw new Malformed(at, place.refusal.expected, place.refusal.found);
  return place.value;
};

const url = matching(/^https?:\/\/[^/]/, "an http or https URL");

const certifiedJob: Decoder<CertifiedJob> = closed<CertifiedJob>({
  issuer: url,
  audience: text,
  govern: url,
  governAudience: text,
  identity: text,
  channel: text,
  version: text,
  token: tokenSource,
});

const fields: Decoder<Config> = closed<Config>({
  artifacts: array(text, 1, 64),
  store: text,
  ledger: url,
  key: optional(key),
  certified: optional(certifiedJob),
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
  runId: optional(text),
});

const config: Decoder<Config> = (value, at) => {
  const read = fields(value, at);
  if ((read.key === undefined) === (read.certified === undefined)) throw new Malformed(at, "either key or certified", "both or neither");
  return read;
};

/** Reads the configuration file; a member that is missing, malformed or unknown is refused. */
export async function readConfig(path: string | undefined): Promise<Outcome<Config>> {
  if (path === undefined)
    return refuse("config-missing", "the path of a JSON file", "no argument", "Run: countersign build attest build.json");
  return decodeBytes(config, await readFile(path), path);
}
