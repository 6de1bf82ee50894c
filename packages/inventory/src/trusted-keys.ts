// SPDX-License-Identifier: Apache-2.0
import { type Root, type TopRole, topAuthority } from "@countersign/trust/anchor/root";
import type { ChannelDelegations } from "@countersign/trust/anchor/targets";
import { isVerifierRule } from "@countersign/trust/build/builder-rule";
import { keyidOfVkey, tufKeyOf } from "@countersign/trust/ledger/log-key";
import type { Policy } from "@countersign/trust/policy/policy";

/** The documents that say who is trusted, as they were published and verified. */
export interface Authorities {
  readonly root: Root;
  readonly targets: { readonly delegations?: ChannelDelegations | undefined };
  readonly policy: Policy;
}

export type Duty =
  | TopRole
  | "log"
  | "witness"
  | "sign"
  | "build"
  | "verify"
  | "propose"
  | "approve"
  | "revoke"
  | "monitor"
  | "brake"
  | "sidecar"
  | "act";

/** One thing that a key is trusted for; null where it is not for one channel. */
export interface Task {
  readonly duty: Duty;
  readonly channel: string | null;
}

/** A key that something published trusts, with whoever that says has it. */
export interface TrustedKey {
  readonly keyid: string;
  readonly scheme: string;
  /** The identity or person that holds it; undefined where no document says. */
  readonly holder: string | undefined;
  /** The person who answers for it. */
  readonly owner: string | undefined;
  readonly tasks: readonly Task[];
}

/** Every key that is trusted, each once, with all that it is trusted for. */
export function trustedKeys({ root, targets, policy }: Authorities): readonly TrustedKey[] {
  const keys = new Map<string, TrustedKey>();
  const add = (
    keyid: string,
    scheme: string,
    task: Task,
    known: { readonly holder?: string; readonly owner?: string | undefined },
  ): void => {
    const before = keys.get(keyid);
    keys.set(keyid, {
      keyid,
      scheme,
      holder: before?.holder ?? known.holder,
      owner: before?.owner ?? known.owner,
      tasks: [...(before?.tasks ?? []).filter(({ duty, channel }) => duty !== task.duty || channel !== task.channel), task],
    });
  };
  const held = (keyid: string, task: Task): void => {
    const holder = policy.holders[keyid];
    if (holder !== undefined) add(keyid, holder.key.scheme, task, holder);
  };

  for (const role of ["root", "targets", "snapshot", "timestamp"] as const)
    for (const keyid of topAuthority(root, role).keyids) {
      const { holder } = policy.holders[keyid] ?? {};
      const named = holder === undefined ? {} : { holder };
      add(keyid, root.keys[keyid]?.scheme ?? "unknown", { duty: role, channel: null }, { ...named, owner: root.countersign.owners[keyid] });
    }
  const { log, witnesses, formerLogs = [] } = root.countersign;
  for (const each of [{ vkey: log.vkey, witnesses }, ...formerLogs]) {
    add(keyidOfVkey(each.vkey), tufKeyOf(each.vkey).scheme, { duty: "log", channel: null }, {});
    for (const witness of each.witnesses)
      add(keyidOfVkey(witness), tufKeyOf(witness).scheme, { duty: "witness", channel: null }, { holder: witness.name });
  }

  for (const { name: channel, keyids } of targets.delegations?.roles ?? [])
    for (const keyid of keyids) {
      const scheme = targets.delegations?.keys[keyid]?.scheme ?? "unknown";
      add(keyid, scheme, { duty: "sign", channel }, policy.holders[keyid] ?? {});
    }
  for (const [channel, rules] of Object.entries(policy.channels)) {
    for (const keyid of rules.proposers) held(keyid, { duty: "propose", channel });
    for (const keyid of rules.approvers) held(keyid, { duty: "approve", channel });
    for (const duty of ["build", "verify"] as const) {
      const rulesOf = rules.builders.trusted.filter((rule) => isVerifierRule(rule) === (duty === "verify"));
      for (const keyid of new Set(rulesOf.map((rule) => rule.keyid))) held(keyid, { duty, channel });
    }
  }
  for (const keyid of Object.values(policy.revokers)) held(keyid, { duty: "revoke", channel: null });
  for (const keyid of Object.values(policy.monitors)) held(keyid, { duty: "monitor", channel: null });
  for (const keyid of Object.values(policy.brakes ?? {})) held(keyid, { duty: "brake", channel: null });
  for (const [role, { keyids }] of Object.entries(policy.postQuantum?.roles ?? {}))
    for (const keyid of keyids) {
      const holder = policy.postQuantum?.holders[keyid];
      if (holder !== undefined) add(keyid, holder.key.scheme, { duty: "sidecar", channel: role === "targets" ? null : role }, holder);
    }
  // A key of a person that stands for nothing else still signs what that person does at govern; identities' keys do not.
  for (const [keyid, { holder, owner }] of Object.entries(policy.holders))
    if (holder === owner && !keys.has(keyid)) held(keyid, { duty: "act", channel: null });
  return [...keys.values()];
}

/** Keys that a policy lists and trusts for nothing: no loss, and no reason to stand there. */
export function idleHolders(authorities: Authorities): readonly string[] {
  const used = new Set(trustedKeys(authorities).map(({ keyid }) => keyid));
  return Object.keys(authorities.policy.holders).filter((keyid) => !used.has(keyid));
}
