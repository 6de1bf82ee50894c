// SPDX-License-Identifier: Apache-2.0
import type { Policy } from "@countersign/trust/policy/policy";
import type { Database } from "../database.ts";
import type { Registered } from "../identity.ts";
import type { Schema } from "../schema.ts";

export type Campaign = Schema["campaigns"];

/** One power under review: an identity's on its channel, or a person's to propose and approve there. */
export type Item = Schema["items"];

const DAY = 86_400_000;

/** How long a campaign may last, in days. */
export const campaignDays = { shortest: 3, usual: 14, longest: 60 } as const;

/** A channel whose last campaign is older than this gets one by itself. */
export const everyMilliseconds: number = 90 * DAY;

/** For how long a confirmed identity may go on. */
export const confirmedMilliseconds: number = 180 * DAY;

/** A power that nobody used for so long is proposed for removal. */
export const unusedMilliseconds: number = 90 * DAY;

/** Parts of a campaign's time after which whoever has not answered is reminded. */
export const reminderParts: readonly number[] = [0.5, 0.75, 0.9];

/** Who answers for an item: the owner; the deputy, where the owner has left; a person for themselves. */
export function accountableFor(item: Pick<Item, "name" | "kind">, identities: readonly Registered[], left: readonly string[]): string {
  const identity = item.kind === "identity" ? identities.find(({ name }) => name === item.name) : undefined;
  if (identity === undefined) return item.name;
  return left.includes(identity.owner) ? identity.deputy : identity.owner;
}

/** Whether a power is proposed for removal: nobody used it for long, or ever. */
export function isUnused({ lastUsed }: Pick<Item, "lastUsed">, now: number): boolean {
  return lastUsed === null || now - Date.parse(lastUsed) > unusedMilliseconds;
}

/** How many reminders are due by now. */
export function remindersDue({ started, deadline }: Pick<Campaign, "started" | "deadline">, now: number): number {
  const [from, to] = [Date.parse(started), Date.parse(deadline)];
  return reminderParts.filter((part) => now >= from + (to - from) * part).length;
}

/** People who may propose or approve on a channel: their power stands in the policy, and is reviewed all the same. */
export function peopleOn(policy: Policy, channel: string): readonly string[] {
  const rules = policy.channels[channel];
  const keyids = rules === undefined ? [] : [...rules.proposers, ...rules.approvers];
  const holders = keyids.flatMap((keyid) => policy.holders[keyid] ?? []);
  return [...new Set(holders.filter(({ holder, owner }) => holder === owner).map(({ holder }) => holder))].sort();
}

/** When each of these names last did anything that govern knows of, by its acts and its grants. */
export async function lastUses(database: Database, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const uses = new Map<string, string>();
  const rows = await database
    .selectFrom("acts")
    .select(({ fn }) => ["who", fn.max("time").as("time")])
    .where("who", "in", [...names, ""])
    .where("act", "not like", "review.%")
    .groupBy("who")
    .execute();
  for (const { who, time } of rows) uses.set(who, String(time));
  return uses;
}
