// SPDX-License-Identifier: Apache-2.0
import { type KeyPlace, parsePlace } from "@countersign/custody/place";
import { list, parsed, parseFields, port, text } from "@countersign/daemon/config";
import { isKeyName } from "@countersign/tlog/note";
import { type Outcome, refuse } from "@countersign/tlog/refusal";
import { parseVkey, type Vkey } from "@countersign/tlog/vkey";

/** What a witness is told. */
export interface Config {
  readonly port: number;
  /** The SQLite file with what it has cosigned. Losing it is losing its memory: the witness would cosign an older tree again. */
  readonly state: string;
  /** The name it cosigns under, as in its vkey. */
  readonly name: string;
  readonly key: KeyPlace;
  /** The logs it cosigns. A log's key name is its origin. */
  readonly logs: readonly Vkey[];
}

/** Reads the configuration; refuses keys that are not log keys, and two keys for one origin. */
export function parseConfig(json: unknown): Outcome<Config> {
  const config = parseFields<Config>(json, {
    port,
    state: text,
    name: text,
    key: parsePlace,
    logs: list(parsed(parseVkey)),
  });
  if (!config.ok) return config;
  const { logs, name } = config.value;
  if (!isKeyName(name)) return malformed("a name without spaces and plus signs", `name: ${name}`);
  if (logs.some(({ type }) => type !== 1)) return malformed("log keys of type 1", "logs: another type");
  if (new Set(logs.map(({ name }) => name)).size !== logs.length) return malformed("one key for each origin", "logs: two for one");
  return config;
}

function malformed(expected: string, found: string): Outcome<never> {
  return refuse("config-malformed", expected, found, "correct the configuration file");
}
