// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import type { Policy } from "@countersign/trust/policy/policy";
import { apartChecks } from "./apart/apart-checks.ts";
import type { Register } from "./apart/tenure.ts";
import { reviewed } from "./break-glass/break-checks.ts";
import { type Window, waitsMilliseconds } from "./window.ts";
import type { Asked } from "./window-acts.ts";

/** How wide a window may be. */
export interface WindowBounds {
  readonly longestSeconds: number;
  readonly mostReleases: number;
  /** How many may wait or be open on one channel. */
  readonly mostAtOnce: number;
}

/** A window that somebody asks for. */
export interface WindowRequestSubject {
  readonly candidate: Asked;
  readonly channel: string;
  readonly policy: Policy;
  readonly bounds: WindowBounds;
  /** How many of this channel are not closed. */
  readonly standing: number;
  /** Broken glass of this channel that waits, or that nobody has reviewed. */
  readonly unreviewed: string | undefined;
}

export const windowRequestChecks: readonly Check<WindowRequestSubject>[] = [
  {
    name: "window/break-glass",
    source: "what was done alone is looked at before anything is done again",
    examine: ({ unreviewed }) => reviewed(unreviewed),
  },
  {
    name: "window/channel",
    source: "a window is for one channel",
    examine: ({ channel, policy }) => {
      const channels = Object.keys(policy.channels);
      return decide(
        channels.includes(channel),
        `one of ${channels.join(", ")}`,
        channel,
        "channel-unknown",
        "Name a channel of the policy.",
      );
    },
  },
  {
    name: "window/time",
    source: "credentials die with their window, and windows die",
    examine: ({ candidate: { seconds }, bounds }) =>
      decide(
        seconds <= bounds.longestSeconds,
        `at most ${bounds.longestSeconds} s`,
        `${seconds} s`,
        "window-too-long",
        "Ask for less: a release that soaks may be signed in a second window.",
      ),
  },
  {
    name: "window/releases",
    source: "a window is for some releases, not for any",
    examine: ({ candidate: { releases }, bounds }) =>
      decide(
        releases <= bounds.mostReleases,
        `at most ${bounds.mostReleases} releases`,
        `${releases}`,
        "window-too-wide",
        "Ask for fewer, and for another window then.",
      ),
  },
  {
    name: "window/standing",
    source: "power that nobody counts stands",
    examine: ({ standing, bounds }) =>
      decide(
        standing < bounds.mostAtOnce,
        `fewer than ${bounds.mostAtOnce} windows of this channel that wait or are open`,
        `${standing}`,
        "windows-too-many",
        "Close one: countersign window close ID",
      ),
  },
];

/** A window that waits, and whoever approves it. */
export interface WindowOpeningSubject {
  readonly candidate: Window;
  readonly person: string;
  readonly policy: Policy;
  readonly register: Register;
  /** Unix milliseconds. */
  readonly now: number;
}

export const windowOpeningChecks: readonly Check<WindowOpeningSubject>[] = [
  {
    name: "window/requested",
    source: "a window opens once",
    examine: ({ candidate: { state, requested }, now }) =>
      decide(
        state === "requested" && now - Date.parse(requested) <= waitsMilliseconds,
        "a window that was requested in the last 24 hours",
        state === "requested" ? `requested at ${requested}` : `one that is ${state}`,
        "window-not-requested",
        "Ask for a new one: countersign window open",
      ),
  },
  {
    name: "window/approver",
    source: "whoever may approve a release of the channel may let it begin",
    examine: ({ candidate: { channel }, person, policy }) => {
      const approvers = (policy.channels[channel]?.approvers ?? []).map((keyid) => policy.holders[keyid]?.holder);
      return decide(
        approvers.includes(person),
        "an approver of the channel",
        person,
        "not-an-approver",
        "Ask one of the approvers that the policy names.",
      );
    },
  },
  {
    name: "window/another",
    source: "starting takes two",
    examine: ({ candidate: { requestedBy }, person, policy, register, now }) => {
      const subject = {
        candidate: { power: "approve", by: person, at: now },
        parts: [{ power: "propose", by: requestedBy, at: now }],
        register,
        separation: policy.separation,
      } as const;

      const meets = policy.separation === "owner" && apartChecks.some(({ examine }) => !examine(subject).ok);
      return decide(
        !meets,
        `another person than ${requestedBy}`,
        meets ? `${person}, who is behind the request` : person,
        "window-own",
        "Somebody else has to approve it: countersign window approve ID",
      );
    },
  },
];
