// SPDX-License-Identifier: Apache-2.0
import { type Profile, profileDefaults } from "@countersign/trust/policy/profile";
import type { Plan } from "../plan.ts";
import { directoryBuilder, keyEach, usual } from "./usual.ts";

/** How many keys a role has beyond its quorum, so that losing one is routine. */
const spare: Readonly<Record<Profile, number>> = { app: 1, agent: 1, firmware: 2 };

/** Two who agree on the bytes: a third builder is there for the day on which one of them is not. */
const enoughBuilders = 2;

/** A majority of three: two quorums that share no witness could each bless another ledger, so a fourth witness would take a third voice. */
const witnesses = 3;
const witnessQuorum = 2;

/**
 * A profile in the hands of as many owners as it takes. The first of them sign, and hold root and targets; those after them build; whoever is left watches
 * first. No owner builds and signs, or signs and publishes, and nobody who proposes decides what is revoked.
 */
export function ownersPlan(
  profile: Profile,
  product: string,
  channel: string,
  owners: readonly string[],
  builders: number = profileDefaults[profile].builders,
): Plan {
  const { signers, threshold, freshRevokers, readThrough, monitors } = profileDefaults[profile];
  const signing = owners.slice(0, signers);
  const building = owners.slice(signers, signers + builders);
  const others = owners.slice(signers + builders);
  const [first = ""] = building;
  const builderQuorum = Math.max(profileDefaults[profile].builders, Math.min(building.length, enoughBuilders));
  const watching = [...others, ...signing.toReversed()].slice(0, Math.max(monitors, readThrough === 0 ? 0 : readThrough + spare[profile]));
  return {
    ...usual(profile),
    product,
    channel,
    separation: "owner",
    people: owners,
    root: { holders: keyEach("root", signing), threshold },
    targets: { holders: keyEach("targets", signing), threshold },
    signers: { holders: keyEach("sign", signing), threshold },
    publish: { holder: "publish", owner: first },
    proposer: { holder: "ci", owner: first },
    builders: building.map((owner, index) =>
      building.length === 1
        ? directoryBuilder(product, { holder: "builder", owner })
        : directoryBuilder(product, { holder: `builder-${owner}`, owner }, `${product}/${owner}`, index === 0 ? undefined : `ci-${owner}`),
    ),
    revokers: keyEach("revoke", signing.slice(0, freshRevokers + spare[profile])),
    builderQuorum,
    monitors: keyEach("observe", watching),
    witnesses: keyEach("witness", signing.slice(0, witnesses)),
    witnessQuorum,
  };
}
