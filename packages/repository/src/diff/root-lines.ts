// SPDX-License-Identifier: Apache-2.0
import { type Fields, fieldsOf, itemsOf, type Lines, word, writeRest } from "./lines.ts";
import { writeRole, writeUnusedKeys } from "./role-lines.ts";

/** A root (TUF 4.3): who may sign what, how many of them; in our own, who owns each key, which log, which witnesses. */
export function rootLines(lines: Lines, { keys, roles, countersign, ...rest }: Fields): void {
  const { owners, log, witnesses, witnessQuorum, ...extension } = fieldsOf(countersign);
  const used = new Set<string>();
  for (const [role, written] of Object.entries(fieldsOf(roles)))
    for (const keyid of writeRole(lines, role, fieldsOf(written), fieldsOf(keys), fieldsOf(owners))) used.add(keyid);
  writeUnusedKeys(lines, fieldsOf(keys), used);
  for (const [keyid, owner] of Object.entries(fieldsOf(owners))) if (!used.has(keyid)) lines.set(`owner of no key: ${word(keyid)}`, owner);
  if (log !== undefined) lines.set("log", log);
  for (const witness of itemsOf(witnesses)) lines.set(`witness: ${word(String(witness))}`, witness);
  if (witnessQuorum !== undefined) lines.set("witness quorum", witnessQuorum);
  writeRest(lines, "countersign › ", extension);
  writeRest(lines, "", rest);
}
