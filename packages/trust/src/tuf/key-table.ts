// SPDX-License-Identifier: Apache-2.0
import { type Decoder, json, Malformed, record, table, text } from "../decode.ts";
import { defaultLimits } from "../limits.ts";

/** The keys of a root or of delegations, by identifier (TUF 4.3 `keys`): counted before any is read, since reading them is what costs. */
export function keyTable<K>(key: Decoder<K>): Decoder<Readonly<Record<string, K>>> {
  const [entries, keys] = [table(text, json), record(text, key)];
  return (value, at) => {
    const { size } = entries(value, at);
    if (size > defaultLimits.keys) throw new Malformed(at, `at most ${defaultLimits.keys} keys`, `${size} keys`);
    return keys(value, at);
  };
}
