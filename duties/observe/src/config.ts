// SPDX-License-Identifier: Apache-2.0
import { parseFields, port, text, whole } from "@countersign/daemon/config";
import type { Outcome } from "@countersign/trust/refusal";

/** What an observer is told. It holds no key, and nothing here gives it more than any reader has. */
export interface Config {
  readonly port: number;
  /** Where the repository is served; best not by those who publish it. */
  readonly store: string;
  /** The embedded root: the file `1.root.json` or a later one that is trusted already. */
  readonly anchor: string;
  /** The file of findings, one JSON object a line. What was seen so far stands beside it, in `<findings>.sqlite`. */
  readonly findings: string;
  readonly pollMilliseconds: number;
}

/** Reads the configuration; a missing, malformed or unknown field is refused. */
export function parseConfig(json: unknown): Outcome<Config> {
  return parseFields<Config>(json, { port, store: text, anchor: text, findings: text, pollMilliseconds: whole(10) });
}
