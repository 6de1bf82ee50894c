// SPDX-License-Identifier: Apache-2.0
import { type Json, servedForm } from "@countersign/trust/canonical";
import { decodeBytes } from "@countersign/trust/decode";
import { type HolderKey, keyidOf } from "@countersign/trust/key";
import type { Custody } from "@countersign/trust/policy/custody";
import { type Policy, policy } from "@countersign/trust/policy/policy";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { type Change, splice } from "./splice.ts";

/** A key with which a person is to approve, wherever they do. */
export interface ApprovingKey {
  readonly person: string;
  readonly key: HolderKey;
  /** Whether the keys that they approve with now go on approving; otherwise these stay theirs, and approve nothing. */
  readonly besides: boolean;
  /** Where it lives, for the policy to declare. */
  readonly custody?: Custody | undefined;
}

/**
 * The policy after this one (in canonical form), in which a person approves with another key; as it is to be served, and as the targets quorum is to sign it. All that this does not change
 * stays to the byte. Refused where that person approves nowhere, where the key is somebody's already, and where no device would read what comes out.
 */
export function policyWithApprover(form: Uint8Array, { person, key, besides, custody }: ApprovingKey): Outcome<Uint8Array> {
  const before = decodeBytes(policy, servedForm(form), "policy.json");
  if (!before.ok) return before;
  const { version, holders, channels } = before.value;
  const keyid = keyidOf(key);
  const known = holders[keyid];
  if (known !== undefined)
    return refuse(
      "key-taken",
      "a key that the policy does not list",
      `${keyid}, which is ${known.holder}'s`,
      "Make a new one: countersign key passkey",
    );
  const isTheirs = (each: string): boolean => holders[each]?.holder === person && holders[each].owner === person;
  const changes = Object.entries(channels).flatMap(([channel, { approvers }]): readonly Change[] => {
    if (!approvers.some(isTheirs)) return [];
    const kept = besides ? approvers : approvers.filter((each) => !isTheirs(each));
    return [{ path: ["channels", channel, "approvers"], value: [...kept, keyid] }];
  });
  if (changes.length === 0)
    return refuse(
      "not-an-approver",
      `one of ${approversIn(before.value).join(", ")}`,
      person,
      "Who is to approve at all is the owners' to write by hand.",
    );
  const next = splice(form, [
    { path: ["version"], value: version + 1 },
    { path: ["holders", keyid], value: { key, holder: person, owner: person } as unknown as Json },
    ...(custody === undefined ? [] : [{ path: ["custody", keyid], value: custody } as const]),
    ...changes,
  ]);
  const served = servedForm(next);
  const after = decodeBytes(policy, served, "the policy after it");
  return after.ok ? accept(served) : after;
}

function approversIn({ holders, channels }: Policy): readonly string[] {
  const keyids = Object.values(channels).flatMap(({ approvers }) => approvers);
  return [...new Set(keyids.flatMap((keyid) => holders[keyid]?.holder ?? []))];
}
