// SPDX-License-Identifier: Apache-2.0
import { canonicalDigest } from "@countersign/trust/canonical";
import { perform } from "../perform.ts";
import type { Published } from "../published.ts";
import { register } from "../register.ts";
import type { Turn } from "../turn.ts";
import { campaignDays, everyMilliseconds, lastUses, peopleOn, remindersDue } from "./campaign.ts";
import { reviewClosed, reviewReminded, reviewStarted } from "./review-acts.ts";

const DAY = 86_400_000;

/** Does what campaigns ask for by now: begins those that are due, reminds, and lets lapse what nobody answered. Again and again changes nothing. */
export async function keepReviews(turn: Turn, published: Published, now: number): Promise<void> {
  const running = await turn.selectFrom("campaigns").selectAll().where("closed", "is", null).execute();
  for (const campaign of running) {
    const open = await turn.selectFrom("items").select("name").where("campaign", "=", campaign.id).where("answer", "is", null).execute();
    const waiting = open.map(({ name }) => name).sort();
    const over = now >= Date.parse(campaign.deadline) || waiting.length === 0;
    if (over) await perform(turn, now, { who: "govern", act: reviewClosed, subject: campaign.id, body: { lapsed: waiting } });
    else if (remindersDue(campaign, now) > campaign.reminders)
      await perform(turn, now, { who: "govern", act: reviewReminded, subject: campaign.id, body: { waiting } });
  }
  for (const channel of Object.keys(published.policy.channels))
    if (await isDue(turn, channel, now)) await startCampaign(turn, published, { channel, days: campaignDays.usual, who: "govern" }, now);
}

/** What a campaign is started with; `evidence` where a person did. */
export interface Start {
  readonly channel: string;
  readonly days: number;
  readonly who: string;
  readonly evidence?: Parameters<typeof reviewStarted.apply>[1]["body"]["evidence"];
}

/** Begins a campaign over everything that may act on a channel, and every person who may propose or approve there. Answers its name. */
export async function startCampaign(
  turn: Turn,
  { policy }: Published,
  { channel, days, who, evidence }: Start,
  now: number,
): Promise<string> {
  const identities = (await register(turn)).filter((identity) => identity.channel === channel && identity.status !== "retired");
  const left = (await turn.selectFrom("leavers").select("person").execute()).map(({ person }) => person);
  const people = peopleOn(policy, channel).filter((person) => !left.includes(person));
  const names = [...identities.map(({ name }) => name), ...people];
  const used = await lastUses(turn, names);
  const items = names.map((name, index) => ({
    name,
    kind: index < identities.length ? ("identity" as const) : ("person" as const),
    lastUsed: used.get(name) ?? null,
  }));
  const started = new Date(now).toISOString();
  const id = `r-${canonicalDigest({ channel, started }).slice(0, 16)}`;
  const deadline = new Date(now + days * DAY).toISOString();
  const body = { channel, deadline, items, ...(evidence && { evidence }) };
  await perform(turn, now, { who, act: reviewStarted, subject: id, body });
  return id;
}

/** A channel with identities gets a campaign when its last one, or its first identity, is long ago. */
async function isDue(turn: Turn, channel: string, now: number): Promise<boolean> {
  const campaigns = await turn.selectFrom("campaigns").select(["started", "closed"]).where("channel", "=", channel).execute();
  if (campaigns.some(({ closed }) => closed === null)) return false;
  const names = (await register(turn))
    .filter((identity) => identity.channel === channel && identity.status !== "retired")
    .map(({ name }) => name);
  if (names.length === 0) return false;
  const tenures = await turn.selectFrom("tenures").select("since").where("of", "in", names).where("source", "=", "register").execute();
  const before = campaigns.length > 0 ? campaigns.map(({ started }) => started) : tenures.map(({ since }) => since);
  const last = campaigns.length > 0 ? Math.max(...before.map(Date.parse)) : Math.min(...before.map(Date.parse));
  return now - last >= everyMilliseconds;
}
