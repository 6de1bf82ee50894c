// SPDX-License-Identifier: Apache-2.0
import type { Policy } from "@countersign/trust/policy/policy";
import type { Published } from "../published.ts";

/** A key that goes with somebody, and what stands on it. */
export interface KeyToRotate {
  readonly keyid: string;
  /** `root`, `targets`, `approver of stable`, ... */
  readonly roles: readonly string[];
}

/** A key that is still trusted although its owner has left, and the ceremony that it waits for. */
export interface OpenRotation extends KeyToRotate {
  /** `root`: the root is to be signed again. `targets`: the targets, with another policy or delegation. */
  readonly ceremony: "root" | "targets";
}

/** Every key in root, delegations and policy that one person owns. */
export function keysOf(
  person: string,
  { root: { signed }, targets, policy }: Pick<Published, "root" | "targets" | "policy">,
): readonly KeyToRotate[] {
  const roles = new Map<string, string[]>();
  const add = (keyid: string, role: string): void => void roles.set(keyid, [...(roles.get(keyid) ?? []), role]);
  for (const [role, { keyids }] of Object.entries(signed.roles))
    for (const keyid of keyids) if (signed.countersign.owners[keyid] === person) add(keyid, role);
  const owned = new Set(Object.entries(policy.holders).flatMap(([keyid, { owner }]) => (owner === person ? [keyid] : [])));
  for (const { name, keyids } of targets.signed.delegations?.roles ?? [])
    for (const keyid of keyids) if (owned.has(keyid)) add(keyid, `signer of ${name}`);
  for (const [keyid, role] of policyRoles(policy)) if (owned.has(keyid)) add(keyid, role);
  for (const keyid of owned) if (!roles.has(keyid)) add(keyid, "holder");
  return [...roles].map(([keyid, held]) => ({ keyid, roles: [...new Set(held)].sort() })).sort((a, b) => (a.keyid < b.keyid ? -1 : 1));
}

function policyRoles({ channels, revokers, monitors }: Policy): readonly (readonly [keyid: string, role: string])[] {
  return [
    ...Object.entries(channels).flatMap(([channel, { proposers, approvers, builders }]) => [
      ...proposers.map((keyid) => [keyid, `proposer of ${channel}`] as const),
      ...approvers.map((keyid) => [keyid, `approver of ${channel}`] as const),
      ...builders.trusted.map(({ keyid }) => [keyid, `builder of ${channel}`] as const),
    ]),
    ...Object.entries(revokers).map(([name, keyid]) => [keyid, `revoker ${name}`] as const),
    ...Object.entries(monitors).map(([name, keyid]) => [keyid, `monitor ${name}`] as const),
  ];
}

const topRoles: readonly string[] = ["root", "targets", "snapshot", "timestamp"];

/** Which of the keys that were to go are trusted still, by what is published now: this is the state of the re-signing. */
export function openRotations(
  scheduled: readonly KeyToRotate[],
  person: string,
  published: Pick<Published, "root" | "targets" | "policy">,
): readonly OpenRotation[] {
  const still = keysOf(person, published);
  return scheduled.flatMap(({ keyid }) => {
    const key = still.find((each) => each.keyid === keyid);
    if (key === undefined) return [];
    return [{ ...key, ceremony: key.roles.some((role) => topRoles.includes(role)) ? "root" : "targets" }];
  });
}
