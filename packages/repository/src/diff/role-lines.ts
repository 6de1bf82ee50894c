// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import { type Fields, fieldsOf, type Lines, NotOfForm, textsOf, word, writeList, writeRest } from "./lines.ts";

/** Who may sign as a role: a line for each key with what it is, and the threshold. Answers the keyids that it named. */
export function writeRole(lines: Lines, role: string, written: Fields, keys: Fields, owners: Fields = {}): ReadonlySet<string> {
  const { keyids, threshold, ...rest } = written;
  const named = textsOf(keyids);
  writeList(lines, `key of ${role}`, named, (keyid) => keyLine(keyid, keys, owners));
  if (threshold === undefined) throw new NotOfForm("a threshold is needed");
  lines.set(`threshold of ${role}`, threshold);
  writeRest(lines, `of ${role} › `, rest);
  return new Set(named);
}

/** Keys that stand in the document and that no role has. */
export function writeUnusedKeys(lines: Lines, keys: Fields, used: ReadonlySet<string>): void {
  for (const [keyid, key] of Object.entries(keys)) if (!used.has(keyid)) lines.set(`key of no role: ${word(keyid)}`, key);
}

function keyLine(keyid: string, keys: Fields, owners: Fields): Json {
  const owner = owners[keyid];
  const owned = owner === undefined ? {} : { owner };
  const key = keys[keyid];
  if (key === undefined) return { missing: true, ...owned };
  const { keytype, scheme, keyval, ...rest } = fieldsOf(key);
  const { public: material, ...other } = fieldsOf(keyval);
  if (keytype === undefined || scheme === undefined) throw new NotOfForm("a key of some type is needed");
  const plain = typeof material === "string" && Object.keys(other).length === 0;
  return { keytype, scheme, public: plain ? material : fieldsOf(keyval), ...owned, ...(Object.keys(rest).length === 0 ? {} : { rest }) };
}
