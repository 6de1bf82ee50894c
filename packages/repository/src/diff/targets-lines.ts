// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import { type Fields, fieldsOf, type Lines, NotOfForm, word, writeRest } from "./lines.ts";
import { writeRole, writeUnusedKeys } from "./role-lines.ts";

/** A targets role, top-level, delegated or channel (TUF 4.5): what it lists, to whom it delegates what, in which order. */
export function targetsLines(lines: Lines, { targets, delegations, ...rest }: Fields): void {
  if (Object.keys(fieldsOf(targets)).length === 0) lines.set("targets", {});
  for (const [path, file] of Object.entries(fieldsOf(targets))) lines.set(`target: ${word(path)}`, file);
  if (delegations !== undefined) writeDelegations(lines, fieldsOf(delegations));
  writeRest(lines, "", rest);
}

function writeDelegations(lines: Lines, { keys, roles, succinct_roles, ...rest }: Fields): void {
  const used = new Set<string>();
  const order: Json[] = [];
  for (const role of Array.isArray(roles) ? roles : []) {
    const { name, paths, path_hash_prefixes, ...written } = fieldsOf(role);
    if (typeof name !== "string") throw new NotOfForm("a role has a name");
    order.push(name);
    for (const keyid of writeRole(lines, `role ${word(name)}`, written, fieldsOf(keys))) used.add(keyid);
    writeScope(lines, word(name), "paths", paths);
    writeScope(lines, word(name), "path hash prefixes", path_hash_prefixes);
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
