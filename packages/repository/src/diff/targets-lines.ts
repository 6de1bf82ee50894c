// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import { type Fields, fieldsOf, itemsOf, type Lines, word, writeRest } from "./lines.ts";
import { writeRole, writeUnusedKeys } from "./role-lines.ts";

/** A targets role, top-level, delegated or channel (TUF 4.5): what it lists, to whom it delegates what, in which order. */
export function targetsLines(lines: Lines, { targets, delegations, ...rest }: Fields): void {
  for (const [path, file] of Object.entries(fieldsOf(targets))) lines.set(`target: ${word(path)}`, file);
  if (delegations !== undefined) writeDelegations(lines, fieldsOf(delegations));
  writeRest(lines, "", rest);
}

function writeDelegations(lines: Lines, { keys, roles, succinct_roles, ...rest }: Fields): void {
  const used = new Set<string>();
  const order: Json[] = [];
  for (const role of itemsOf(roles)) {
    const { name = null, paths, path_hash_prefixes, ...written } = fieldsOf(role);
    order.push(name);
    for (const keyid of writeRole(lines, `role ${word(String(name))}`, written, fieldsOf(keys))) used.add(keyid);
    writeScope(lines, word(String(name)), "paths", paths);
    writeScope(lines, word(String(name)), "path hash prefixes", path_hash_prefixes);
  }
  if (roles !== undefined) lines.set("order of delegations", order);
  if (succinct_roles !== undefined)
    for (const keyid of writeRole(lines, "the bins", fieldsOf(succinct_roles), fieldsOf(keys))) used.add(keyid);
  writeUnusedKeys(lines, fieldsOf(keys), used);
  writeRest(lines, "delegations › ", rest);
}

function writeScope(lines: Lines, role: string, kind: string, scope: Json | undefined): void {
  if (scope !== undefined) lines.set(`${kind} of role ${role}`, scope);
}
