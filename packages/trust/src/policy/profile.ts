// SPDX-License-Identifier: Apache-2.0

/** Channels by blast radius. */
export type Profile = "app" | "agent" | "firmware";

/** What a profile asks of a channel. */
export interface ProfileNumbers {
  /** Different owners in the policy, all told. */
  readonly owners: number;
  /** Of the channel's delegation: how many signers of different owners, and how many of them it takes. */
  readonly signers: number;
  readonly threshold: number;
  readonly approvals: number;
  /** More of them for an urgent release, a lift, and a rollout that is widened or resumed. */
  readonly extraApprovals: number;
  readonly builders: number;
  readonly freshRevokers: number;
  /** Monitors that must have read past the release entry, and how many there must be. */
  readonly readThrough: number;
  readonly monitors: number;
  readonly soakSeconds: number;
  readonly urgentSoakSeconds: number;
}

const hour = 3600;

/** The defaults of each profile. A channel may tighten any of them. */
export const profileDefaults: Readonly<Record<Profile, ProfileNumbers>> = {
  app: {
    owners: 4,
    signers: 3,
    threshold: 2,
    approvals: 1,
    extraApprovals: 1,
    builders: 1,
    freshRevokers: 1,
    readThrough: 0,
    monitors: 0,
    soakSeconds: hour,
    urgentSoakSeconds: hour / 4,
  },
  agent: {
    owners: 5,
    signers: 3,
    threshold: 2,
    approvals: 2,
    extraApprovals: 1,
    builders: 2,
    freshRevokers: 2,
    readThrough: 1,
    monitors: 2,
    soakSeconds: 24 * hour,
    urgentSoakSeconds: hour,
  },
  firmware: {
    owners: 7,
    signers: 5,
    threshold: 3,
    approvals: 2,
    extraApprovals: 1,
    builders: 2,
    freshRevokers: 2,
    readThrough: 1,
    monitors: 2,
    soakSeconds: 72 * hour,
    urgentSoakSeconds: hour,
  },
};

const days = 24 * hour;

/** For how long a bundle may be installed, where it has no other way: what a revoker says meanwhile is not heard there. */
export const bundleDefaults: Readonly<Record<Profile, number>> = { app: 14 * days, agent: 30 * days, firmware: 90 * days };

/**
 * What no policy may loosen. An agent or firmware channel keeps every count of its profile: they are what makes one compromise not enough. Times are
 * defaults in every profile, and so are the counts of `app`, where one person alone may begin: `looserIn` names what is looser.
 */
export const profileFloors: Readonly<Record<Profile, ProfileNumbers>> = {
  app: {
    owners: 1,
    signers: 1,
    threshold: 1,
    approvals: 1,
    extraApprovals: 0,
    builders: 1,
    freshRevokers: 1,
    readThrough: 0,
    monitors: 0,
    soakSeconds: 1,
    urgentSoakSeconds: 1,
  },
  agent: { ...profileDefaults.agent, soakSeconds: 1, urgentSoakSeconds: 1 },
  firmware: { ...profileDefaults.firmware, soakSeconds: 1, urgentSoakSeconds: 1 },
};

/** The names of the numbers in which `given` is below `asked`. */
export function looserIn(given: Partial<ProfileNumbers>, asked: ProfileNumbers): readonly (keyof ProfileNumbers)[] {
  return (Object.keys(asked) as (keyof ProfileNumbers)[]).filter((number) => (given[number] ?? asked[number]) < asked[number]);
}
