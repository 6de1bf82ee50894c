// SPDX-License-Identifier: Apache-2.0
import { type Fields, fieldsIfAny, fieldsOf, type Lines, NotOfForm, textsOf, word, writeList, writeRest } from "./lines.ts";
import { writeRole, writeUnusedKeys } from "./role-lines.ts";

/** A root (TUF 4.3): who may sign what, how many of them; in our own, who owns each key, which log, which witnesses. */
export function rootLines(lines: Lines, { keys, roles, countersign, ...rest }: Fields): void {
  const { owners: owned, log, witnesses, witnessQuorum, ...extension } = fieldsIfAny(countersign);
  const owners = fieldsIfAny(owned);
  const used = new Set<string>();
  for (const [role, written] of Object.entries(fieldsOf(roles)))
    for (const keyid of writeRole(lines, word(role), fieldsOf(written), fieldsOf(keys), owners)) used.add(keyid);
  writeUnusedKeys(lines, fieldsOf(keys), used);
  for (const [keyid, owner] of Object.entries(owners)) if (!used.has(keyid)) lines.set(`owner of no key: ${word(keyid)}`, owner);
  if (log !== undefined) lines.set("the log", log);
  if (witnesses !== undefined) writeWitnesses(lines, textsOf(witnesses));
  if (witnessQuorum !== undefined) lines.set("witness quorum", witnessQuorum);
  writeRest(lines, "countersign › ", extension);
  writeRest(lines, "", rest);
}

function writeWitnesses(lines: Lines, witnesses: readonly string[]): void {
  if (witnesses.length === 0) throw new NotOfForm("a list of no witness is none");
  writeList(lines, "witness", witnesses, (witness) => witness);
}
