// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import type { Policy } from "@countersign/trust/policy/policy";
import { apartChecks } from "../apart/apart-checks.ts";
import type { Register } from "../apart/tenure.ts";
import { type Campaign, campaignDays, type Item } from "./campaign.ts";

/** A campaign that a person starts. */
export interface CampaignSubject {
  readonly candidate: { readonly days: number };
  readonly channel: string;
  readonly policy: Policy;
  /** The channel's campaign that is not closed. */
  readonly running: string | undefined;
}

export const campaignChecks: readonly Check<CampaignSubject>[] = [
  {
    name: "review/channel",
    source: "a campaign is for one channel",
    examine: ({ channel, policy }) => {
      const known = Object.keys(policy.channels);
      return decide(known.includes(channel), known.join(" or "), channel, "channel-unknown", "Name a channel that the policy has.");
    },
  },
  {
    name: "review/time",
    source: "silence lapses, so there must be time to speak, and an end",
    examine: ({ candidate: { days } }) =>
      decide(
        days >= campaignDays.shortest && days <= campaignDays.longest,
        `${campaignDays.shortest} to ${campaignDays.longest} days`,
        `${days} days`,
        "campaign-time-unfit",
        `Choose others: --days ${campaignDays.usual}`,
      ),
  },
  {
    name: "review/running",
    source: "one campaign a channel",
    examine: ({ running }) =>
      decide(
        running === undefined,
        "no campaign of this channel",
        running ?? "none",
        "campaign-running",
        "Answer it: countersign review list",
      ),
  },
];

/** A person's answer to one item of a campaign. */
export interface AnswerSubject {
  readonly candidate: { readonly answer: "confirmed" | "removed" };
  readonly item: Item;
  readonly campaign: Campaign;
  readonly person: string;
  readonly policy: Policy;
  readonly register: Register;
  /** Unix milliseconds. */
  readonly now: number;
}

/** What is asked of an answer. Taking a power away takes one person, and any; letting it go on takes somebody who has no part in it. */
export const answerChecks: readonly Check<AnswerSubject>[] = [
  {
    name: "review/open",
    source: "an item is answered once; what lapsed in silence may still be confirmed",
    examine: ({ candidate: { answer }, item }) => {
      const open = item.answer === null || (item.answer === "lapsed" && answer === "confirmed");
      return decide(
        open,
        "an item that waits for its answer",
        `${item.name} is ${item.answer ?? "open"}`,
        "item-answered",
        "Nothing is left to do.",
      );
    },
  },
  {
    name: "review/not-own",
    source: "NHI1: nobody reviews their own power, nor one of an identity that they own, owned lately or stand in for",
    examine: ({ candidate: { answer }, item, person, policy, register, now }) => {
      const candidate = { power: "review", by: person, at: now } as const;
      const parts = [{ power: "act", by: item.name, at: now }] as const;
      const subject = { candidate, parts, register, separation: policy.separation };
      const own = policy.separation === "owner" && apartChecks.some(({ examine }) => !examine(subject).ok);
      return decide(
        answer === "removed" || !own,
        "somebody who is not behind it",
        own ? `${person}, who is behind ${item.name}` : person,
        "review-own",
        "Ask somebody else to confirm it; you may remove it.",
      );
    },
  },
];
