// SPDX-License-Identifier: Apache-2.0
import type { CustodyKey } from "@countersign/custody/key";
import type { PostQuantum } from "@countersign/trust/policy/post-quantum";
import type { Holding, Plan } from "./plan.ts";

/** Who holds ML-DSA keys, and how many of them must sign targets and channel files besides. */
export interface PostQuantumPlan {
  /** What these keys call the repository, and no other. */
  readonly repository: string;
  readonly targets: { readonly holders: readonly Holding[]; readonly threshold: number };
  /** Each is opened by the signer of the same owner. */
  readonly signers: { readonly holders: readonly Holding[]; readonly threshold: number };
}

/** Every holder of an ML-DSA key. */
export function sidecarHolders({ postQuantum }: Plan): readonly Holding[] {
  return postQuantum === undefined ? [] : [...postQuantum.targets.holders, ...postQuantum.signers.holders];
}

/** The ML-DSA key that the signer of this name opens besides its own. */
export function sidecarHolderOf({ signers, postQuantum }: Plan, signer: string): string | undefined {
  const owner = signers.holders.find(({ holder }) => holder === signer)?.owner;
  return postQuantum?.signers.holders.find((holding) => holding.owner === owner)?.holder;
}

/** What the policy of a plan demands. */
export function postQuantumOf(plan: Plan, key: (holder: string) => CustodyKey): PostQuantum | undefined {
  if (plan.postQuantum === undefined) return undefined;
  const { repository, targets, signers } = plan.postQuantum;
  const quorum = ({ holders, threshold }: PostQuantumPlan["targets"]) => ({
    keyids: holders.map(({ holder }) => key(holder).keyid),
    threshold,
  });
  const holders = sidecarHolders(plan).map(({ holder, owner }) => [key(holder).keyid, { key: key(holder).tuf, holder, owner }] as const);
  return { repository, holders: Object.fromEntries(holders), roles: { targets: quorum(targets), [plan.channel]: quorum(signers) } };
}

/** The same plan where whoever holds a key for targets or for signing holds an ML-DSA key besides, and as many of those must sign. */
export function withPostQuantum(plan: Plan, repository: string): Plan {
  const besides = (duty: string, { holders, threshold }: Plan["signers"]): PostQuantumPlan["signers"] => ({
    holders: holders.map(({ owner }) => ({ holder: `pq-${duty}-${owner}`, owner })),
    threshold,
  });
  return { ...plan, postQuantum: { repository, targets: besides("targets", plan.targets), signers: besides("sign", plan.signers) } };
}
