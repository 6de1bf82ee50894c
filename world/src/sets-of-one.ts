// SPDX-License-Identifier: Apache-2.0
import type { Holding, Plan } from "./plan.ts";

/** Someone or something that is enough alone, and for what. */
export interface SetOfOne {
  readonly who: string;
  readonly can: string;
  readonly how: string;
  /** Worst first: put code on devices, change what is trusted, mislead those who decide, stop what they want. */
  readonly kind: "ship" | "trust" | "mislead" | "stop";
}

/** What a plan leaves to a single owner or machine, worst first: computed from who holds what, and said at the start, when it is cheap to change. */
export function setsOfOne(plan: Plan): readonly SetOfOne[] {
  const machine: SetOfOne = {
    who: "this machine",
    can: "ship anything",
    how: "it holds every key, in files. Before real use, move each holder's directory to a machine of its own",
    kind: "ship",
  };
  const found = ownersOf(plan).flatMap((owner) => alone(plan, owner));
  return [machine, ...kinds.flatMap((kind) => found.filter((each) => each.kind === kind))];
}

const kinds: readonly SetOfOne["kind"][] = ["ship", "trust", "mislead", "stop"];

/** A number of voices out of those of these holders. */
interface Quorum {
  readonly holders: readonly Holding[];
  readonly threshold: number;
}

function ownersOf(plan: Plan): readonly string[] {
  const { root, targets, signers, publish, proposer, builders, revokers, monitors, witnesses, people } = plan;
  const holdings = [root, targets, signers].flatMap(({ holders }) => holders);
  const all = [...holdings, publish, proposer, ...builders, ...revokers, ...monitors, ...witnesses].map(({ owner }) => owner);
  return [...new Set([...people, ...all])];
}

/** Signers, monitors and revokers let through what is in order, whoever brought it there; where quorums count owners, nobody proposes and approves. */
function alone(plan: Plan, owner: string): readonly SetOfOne[] {
  const { separation, signers, root, targets, publish } = plan;
  const fills = ({ holders, threshold }: Quorum): boolean => voices(holders.filter(isHis), plan) >= threshold;
  const blocks = ({ holders, threshold }: Quorum): boolean =>
    voices(
      holders.filter((each) => !isHis(each)),
      plan,
    ) < threshold;
  const isHis = (holding: Holding): boolean => holding.owner === owner;
  const says = (kind: SetOfOne["kind"], can: string, how: string): SetOfOne => ({ who: owner, can, how, kind });

  const { build, approve, revoke, watch, witness } = quorumsOf(plan);
  if (separation === "key" && fills(build) && fills(approve))
    return [says("ship", "ship anything", "duties are apart by key and process, not by owner")];
  const stopped = [
    ...(publish.owner === owner ? ["publish, ledger or govern"] : []),
    ...Object.entries({ signing: signers, building: build, approving: approve, revoking: revoke, watching: watch, witnessing: witness })
      .filter(([, quorum]) => blocks(quorum))
      .map(([duty]) => duty),
  ];
  const lost = Object.entries({ root, targets })
    .filter(([, quorum]) => blocks(quorum))
    .map(([role]) => role);
  return [
    ...Object.entries({ root, targets })
      .filter(([, quorum]) => fills(quorum))
      .map(([role]) => says("trust", "change what is trusted", `they fill the ${role} quorum`)),
    ...(fills(build) ? [says("mislead", "put into a build what its source does not say", "nobody else rebuilds it")] : []),
    ...(fills(witness)
      ? [says("mislead", "move witnessed time", "they fill the quorum of witnesses, so that a soak ends when they say")]
      : []),
    ...(stopped.length > 0 ? [says("stop", "hold releases back", `by stopping ${stopped.join(", ")}; they start none`)] : []),
    ...(lost.length > 0 ? [says("stop", `leave ${lost.join(" and ")} without a quorum`, "by losing a key")] : []),
  ];
}

/** The quorums that a release passes besides the signers', as the policy counts them. An approver is somebody besides the proposer. */
function quorumsOf(plan: Plan): Readonly<Record<"build" | "approve" | "revoke" | "watch" | "witness", Quorum>> {
  const { people, proposer, approvals, builders, builderQuorum, revokers, freshRevokers, monitors, readThrough, witnesses, witnessQuorum } =
    plan;
  const approvers = people.map((person): Holding => ({ holder: person, owner: person }));
  return {
    build: { holders: builders, threshold: builderQuorum },
    approve: { holders: approvers.filter(({ owner }) => plan.separation === "key" || owner !== proposer.owner), threshold: approvals },
    revoke: { holders: revokers, threshold: freshRevokers },
    watch: { holders: monitors, threshold: readThrough },
    witness: { holders: witnesses, threshold: witnessQuorum },
  };
}

/** How many voices these holders are: one an owner, or one a holder where keys are all that is separate. */
function voices(holders: readonly Holding[], { separation }: Plan): number {
  return new Set(holders.map(({ holder, owner }) => (separation === "owner" ? owner : holder))).size;
}
