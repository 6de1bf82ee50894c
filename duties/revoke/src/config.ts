// SPDX-License-Identifier: Apache-2.0
import { type KeyPlace, parsePlace } from "@countersign/custody/place";
import { type Field, list, parseFields, port, text, whole } from "@countersign/daemon/config";
import { decode, name } from "@countersign/trust/decode";
import { type HolderKey, holderKey } from "@countersign/trust/key";
import { type Outcome, refuse } from "@countersign/trust/refusal";

/** What a revoker is told. */
export interface Config {
  readonly port: number;
  /** The name under which the policy lists this revoker's key. */
  readonly revoker: string;
  readonly key: KeyPlace;
  /** The directory that is served to the world. */
  readonly store: string;
  /** URL of the ledger. */
  readonly ledger: string;
  /** The embedded root: the file `1.root.json` or a later one that is trusted already. */
  readonly anchor: string;
  /** Whose requests count: any one of these keys is enough to stop something. */
  readonly operators: readonly HolderKey[];
  /** The file that never loses a denial. */
  readonly state: string;
  /** How often the list is signed anew, with the newest checkpoint. */
  readonly refreshMilliseconds: number;
}

const revokerName: Field<string> = (value) => decode(name, value, "name");
const operator: Field<HolderKey> = (value) => decode(holderKey, value, "key");

/** Reads the configuration; a missing, malformed or unknown field is refused, and so is a revoker whom nobody may ask. */
export function parseConfig(json: unknown): Outcome<Config> {
  const config = parseFields<Config>(json, {
    port,
    revoker: revokerName,
    key: parsePlace,
    store: text,
    ledger: text,
    anchor: text,
    operators: list(operator),
    state: text,
    refreshMilliseconds: whole(100),
  });
  if (config.ok && config.value.operators.length === 0)
    return refuse("config-malformed", "one operator or more", "operators: none", "correct the configuration file");
  return config;
}
