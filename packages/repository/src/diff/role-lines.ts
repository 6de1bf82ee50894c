// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import { type Fields, fieldsOf, itemsOf, type Lines, word, writeRest } from "./lines.ts";

/** Who may sign as a role: a line for each key with what it is, and the threshold. Answers the keyids that it named. */
export function writeRole(lines: Lines, role: string, written: Fields, keys: Fields, owners: Fields = {}): ReadonlySet<string> {
  const { keyids = [], threshold = null, ...rest } = written;
  const named = itemsOf(keyids).map(String);
  for (const keyid of named) lines.set(`key of ${role}: ${word(keyid)}`, keyLine(keyid, keys, owners));
  if (new Set(named).size !== named.length || !Array.isArray(keyids)) lines.set(`keyids of ${role}`, keyids);
  lines.set(`threshold of ${role}`, threshold);
  writeRest(lines, `${role} › `, rest);
  return new Set(named);
}

/** Keys that stand in the document and that no role has. */
export function writeUnusedKeys(lines: Lines, keys: Fields, used: ReadonlySet<string>): void {
  for (const [keyid, key] of Object.entries(keys)) if (!used.has(keyid)) lines.set(`key of no role: ${word(keyid)}`, key);
}

function keyLine(keyid: string, keys: Fields, owners: Fields): Json {
  const { keytype = null, scheme = null, keyval = {}, ...rest } = fieldsOf(keys[keyid]);
  const { public: material, ...other } = fieldsOf(keyval);
  const owner = owners[keyid];
  return {
    keytype,
    scheme,
    public: material === undefined || Object.keys(other).length > 0 ? keyval : material,
    ...(owner === undefined ? {} : { owner }),
    ...(Object.keys(rest).length === 0 ? {} : { rest }),
  };
}
