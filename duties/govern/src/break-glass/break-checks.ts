// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import type { Policy } from "@countersign/trust/policy/policy";
import { apartChecks } from "../apart/apart-checks.ts";
import type { Register } from "../apart/tenure.ts";
import type { Schema } from "../schema.ts";
import type { BreakCall } from "./break-acts.ts";

type Break = Schema["breaks"];

/** The longest that a window may be which nobody else approved: four hours. */
export const longestBreakSeconds: number = 4 * 3600;

/** Somebody calls for a window alone. */
export interface BreakCallSubject {
  readonly candidate: BreakCall;
  readonly channel: string;
  readonly person: string;
  readonly policy: Policy;
  /** The name of one on this channel that waits, or that nobody has reviewed. */
  readonly unreviewed: string | undefined;
}

export const breakCallChecks: readonly Check<BreakCallSubject>[] = [
  {
    name: "break-glass/caller",
    source: "whoever may let a release begin may call for it alone",
    examine: ({ channel, person, policy }) => {
      const approvers = (policy.channels[channel]?.approvers ?? []).map((keyid) => policy.holders[keyid]?.holder);
      return decide(
        approvers.includes(person),
        `an approver of ${channel}`,
        person,
        "not-an-approver",
        "Ask one of the approvers that the policy names.",
      );
    },
  },
  {
    name: "break-glass/bounded",
    source: "one release, and four hours at most",
    examine: ({ candidate: { seconds } }) =>
      decide(seconds <= longestBreakSeconds, `at most ${longestBreakSeconds} s`, `${seconds} s`, "window-too-long", "Ask for less."),
  },
  {
    name: "break-glass/reviewed",
    source: "what was done alone is looked at before it is done again",
    examine: ({ unreviewed }) => reviewed(unreviewed),
  },
];

/** Also asked of every window of a channel. */
export function reviewed(unreviewed: string | undefined): ReturnType<typeof decide> {
  return decide(
    unreviewed === undefined,
    "no broken glass of this channel that nobody has looked at",
    unreviewed ?? "none",
    "break-glass-unreviewed",
    `Have another person review it: countersign window break-glass review ${unreviewed ?? "ID"}`,
  );
}

/** Somebody stops it, or looks at it afterwards. */
export interface BreakSubject {
  readonly candidate: Break;
  readonly person: string;
  readonly policy: Policy;
  readonly register: Register;
  /** Unix milliseconds. */
  readonly now: number;
}

export const breakCancelChecks: readonly Check<BreakSubject>[] = [
  {
    name: "break-glass/waiting",
    source: "stopping takes one person, and any",
    examine: ({ candidate: { id, state } }) =>
      decide(
        state === "waiting",
        "one that waits",
        `${id} is ${state}`,
        "break-glass-not-waiting",
        `Close its window: countersign window close ${id}`,
      ),
  },
];

export const breakReviewChecks: readonly Check<BreakSubject>[] = [
  {
    name: "break-glass/opened",
    source: "what was opened is looked at once",
    examine: ({ candidate: { id, state } }) =>
      decide(
        state === "opened",
        "one that was opened, and not reviewed",
        `${id} is ${state}`,
        "break-glass-not-open",
        "Nothing is left to do.",
      ),
  },
  {
    name: "break-glass/another",
    source: "nobody reviews what they did",
    examine: ({ candidate: { by }, person, policy, register, now }) => {
      const candidate = { power: "review", by: person, at: now } as const;
      const subject = { candidate, parts: [{ power: "act", by, at: now }] as const, register, separation: policy.separation };
      const own = policy.separation === "owner" && apartChecks.some(({ examine }) => !examine(subject).ok);
      return decide(!own, `another person than ${by}`, person, "review-own", "Somebody else must look at it.");
    },
  },
];
