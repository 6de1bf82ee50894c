// SPDX-License-Identifier: Apache-2.0
import { type TopRole, topAuthority } from "@countersign/trust/anchor/root";
import { keyidOfVkey } from "@countersign/trust/ledger/log-key";
import { type ChannelRules, type Policy, principalOf } from "@countersign/trust/policy/policy";
import { sidecarDemand } from "@countersign/trust/policy/post-quantum";
import { all, always, any, atLeast, atom, type Formula, never, prevents, substitute } from "./formula.ts";
import { behind } from "./service.ts";
import type { Authorities } from "./trusted-keys.ts";

// Each demand of a device as a formula over keys, as the check that makes the demand counts them.

/** So many different principals, each by any of its keys. A key that nobody stands behind counts for nothing. */
export function quorum(keyids: readonly string[], count: number, principal: (keyid: string) => string | undefined): Formula {
  return atLeast(count, [...byPrincipal(keyids, principal).values()]);
}

function byPrincipal(keyids: readonly string[], principal: (keyid: string) => string | undefined): ReadonlyMap<string, Formula> {
  const groups = Map.groupBy(keyids, (keyid) => principal(keyid));
  return new Map([...groups].flatMap(([name, keys]) => (name === undefined ? [] : [[name, any(...keys.map(atom))] as const])));
}

/**
 * `provenance/builders`: that many builders of different owners. Where an issuer certifies their keys, whoever runs code in the job or runs the platform has
 * the builder as well: two builders of different owners on one platform fall together.
 */
export function builderQuorum(policy: Policy, rules: ChannelRules): Formula {
  return withThoseBehind(builderKeys(policy, rules), rules);
}

/** What keeps builders from attesting: a certified builder needs its issuer, its job and its platform, so whoever has one of them stops it. */
export function buildersMissing(policy: Policy, rules: ChannelRules): Formula {
  return withThoseBehind(prevents(builderKeys(policy, rules)), rules);
}

function builderKeys(policy: Policy, { builders }: ChannelRules): Formula {
  const keyids = [...new Set(builders.trusted.map(({ keyid }) => keyid))];
  return quorum(keyids, builders.quorum, (keyid) => principalOf(policy, keyid));
}

function withThoseBehind(formula: Formula, { builders }: ChannelRules): Formula {
  return substitute(formula, (keyid) => {
    const services = builders.trusted.filter((rule) => rule.keyid === keyid).flatMap(behind);
    return any(atom(keyid), ...services.map(({ id }) => atom(id)));
  });
}

/** `approvals/proposer` and `approvals/quorum`: somebody who proposes, and that many others who approve; as many as a usual release needs unless told. */
export function approvalQuorum(
  policy: Policy,
  { proposers, approvers, ...rules }: ChannelRules,
  approvals: number = rules.approvals,
): Formula {
  const principal = (keyid: string): string | undefined => principalOf(policy, keyid);
  const proposing = byPrincipal([...new Set([...proposers, ...approvers])], principal);
  const approving = byPrincipal(approvers, principal);
  return any(
    ...[...proposing].map(([proposer, key]) =>
      all(
        key,
        atLeast(
          approvals,
          [...approving].filter(([approver]) => approver !== proposer).map(([, keys]) => keys),
        ),
      ),
    ),
  );
}

/** `channel/signatures` and `channel/owners`, and the sidecar where the policy demands one. */
export function signingQuorum({ targets, policy }: Authorities, channel: string): Formula {
  const role = targets.delegations?.roles.find(({ name }) => name === channel);
  if (role === undefined) return never;
  return all(
    quorum(role.keyids, role.threshold, (keyid) => principalOf(policy, keyid)),
    sidecarQuorum(policy, channel),
  );
}

/** `sidecar/signatures`; nothing where none is demanded. */
export function sidecarQuorum(policy: Policy, role: string): Formula {
  const demand = sidecarDemand(policy, role);
  return demand === undefined ? always : quorum(demand.keyids, demand.threshold, demand.ownerOf);
}

/** The quorum of a top-level role, by owners. */
export function topQuorum({ root }: Authorities, role: TopRole): Formula {
  const { keyids, threshold } = topAuthority(root, role);
  return quorum(keyids, threshold, (keyid) => root.countersign.owners[keyid]);
}

/** `revocations/fresh`: lists of that many revokers of different owners. */
export function revokerQuorum(policy: Policy, { freshRevokers }: ChannelRules): Formula {
  return quorum(Object.values(policy.revokers), freshRevokers, (keyid) => principalOf(policy, keyid));
}

/** `soak/read-past`: that many monitors of different owners. */
export function monitorQuorum(policy: Policy, { readThrough }: ChannelRules): Formula {
  return quorum(Object.values(policy.monitors), readThrough, (keyid) => principalOf(policy, keyid));
}

export function logKey({ root }: Authorities): Formula {
  return atom(keyidOfVkey(root.countersign.log.vkey));
}

/** Witnesses are counted by key: a root lists each once. */
export function witnessQuorum({ root }: Authorities): Formula {
  const { witnesses, witnessQuorum } = root.countersign;
  return atLeast(
    witnessQuorum,
    witnesses.map((witness) => atom(keyidOfVkey(witness))),
  );
}

/** The log, and enough witnesses to cosign a second history of it. */
export function forkQuorum(authorities: Authorities): Formula {
  return all(logKey(authorities), witnessQuorum(authorities));
}
