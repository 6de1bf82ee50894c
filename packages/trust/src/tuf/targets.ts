// SPDX-License-Identifier: Apache-2.0
import type { Check } from "../check.ts";
import { type Decoder, dateTime, integer, literal, open, optional, table } from "../decode.ts";
import type { Table } from "../table.ts";
import { type Delegations, delegations } from "./delegation.ts";
import { path, specVersion, type TargetFile, targetFile } from "./meta.ts";
import { expiry, listed, type RoleFields, type RoleSubject, signatures } from "./role.ts";

/** `targets.json`, and the file of every delegated role just the same (TUF 4.5). */
export interface Targets extends RoleFields {
  readonly _type: "targets";
  readonly spec_version: string;
  readonly targets: Table<TargetFile>;
  readonly delegations?: Delegations | undefined;
}

/** Targets as they are written. */
export interface TargetsDocument extends Omit<Targets, "targets"> {
  readonly targets: Readonly<Record<string, TargetFile>>;
}

export const targets: Decoder<Targets> = open<Targets>({
  _type: literal("targets"),
  spec_version: specVersion,
  version: integer(1),
  expires: dateTime,
  targets: table(path, targetFile),
  delegations: optional(delegations),
});

/** TUF 5.6 for the top-level role. */
export const targetsChecks: readonly Check<RoleSubject<Targets>>[] = targetsRoleChecks("targets", "5.6");

/** The rules of one targets role, whoever delegates to it; `role` names them in the trail. */
export function targetsRoleChecks(role: string, section: string): readonly Check<RoleSubject<Targets>>[] {
  return [listed(role, `${section}.2 and ${section}.4`), signatures(role, `${section}.3`), expiry(role, `${section}.5`)];
}
