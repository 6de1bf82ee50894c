// SPDX-License-Identifier: Apache-2.0
import { canonicalBytes } from "@countersign/trust/canonical";
import { keyidOf, type PublicKey } from "@countersign/trust/key";
import { SPEC_VERSION } from "../spec-version.ts";

/** The keys of a role and how many of them must sign. */
export interface RoleKeys {
  readonly keys: readonly PublicKey[];
  readonly threshold: number;
}

/** The first root of a plain TUF repository, with consistent snapshots (TUF 4.3). A Countersign repository is founded in `founding.ts`. */
export function firstRoot(roles: Readonly<Record<"root" | "timestamp" | "snapshot" | "targets", RoleKeys>>, expires: string): Uint8Array {
  const keys = Object.values(roles).flatMap((role) => role.keys.map((key) => [keyidOf(key), key] as const));
  const named = Object.entries(roles).map(([role, { keys, threshold }]) => [role, { keyids: keys.map(keyidOf), threshold }] as const);
  return canonicalBytes({
    ...common("root", expires),
    consistent_snapshot: true,
    keys: Object.fromEntries(keys),
    roles: Object.fromEntries(named),
  });
}

/** The first version of a targets role, top-level or delegated, with nothing in it (TUF 4.5). */
export function firstTargets(expires: string): Uint8Array {
  return canonicalBytes({ ...common("targets", expires), targets: {} });
}

/** A snapshot that lists nothing yet (TUF 4.4). */
export function firstSnapshot(expires: string): Uint8Array {
  return canonicalBytes({ ...common("snapshot", expires), meta: {} });
}

/** A timestamp that names no snapshot yet (TUF 4.6). */
export function firstTimestamp(expires: string): Uint8Array {
  return canonicalBytes({ ...common("timestamp", expires), meta: {} });
}

function common(
  type: string,
  expires: string,
): { readonly _type: string; readonly spec_version: string; readonly version: number; readonly expires: string } {
  return { _type: type, spec_version: SPEC_VERSION, version: 1, expires };
}
