// SPDX-License-Identifier: Apache-2.0
import type { Signed } from "@countersign/trust/envelope";
import { z } from "zod";
import { type ActKind, type AnyKind, anyKind, signedAs } from "../act-kind.ts";
import type { Database } from "../database.ts";
import { evidence } from "../evidence.ts";
import { changeRecord, setStatus } from "../identity-acts.ts";
import { name } from "../shapes.ts";

/** One power as a campaign asks about it. */
interface AskedItem {
  readonly name: string;
  readonly kind: "identity" | "person";
  readonly lastUsed: string | null;
}

const moment = z.iso.datetime();

interface Started {
  readonly channel: string;
  readonly deadline: string;
  readonly items: readonly AskedItem[];
  /** Absent where it was due. */
  readonly evidence?: Signed<unknown> | undefined;
}

/** A campaign begins: by a person, or by itself when the last one is long ago. */
export const reviewStarted: ActKind<Started> = {
  name: "review.started",
  body: z.strictObject({
    channel: name,
    deadline: moment,
    items: z.array(z.strictObject({ name, kind: z.enum(["identity", "person"]), lastUsed: moment.nullable() })),
    evidence: evidence.optional(),
  }),
  entry: "act",
  isSigned: ({ body: { channel } }, signed) => signed === undefined || (signed.act === "review.start" && signed.subject === channel),
  apply: async (transaction, { subject: campaign, who, time, body: { channel, deadline, items } }) => {
    await transaction
      .insertInto("campaigns")
      .values({ id: campaign, channel, startedBy: who, started: time, deadline, reminders: 0, closed: null })
      .execute();
    for (const item of items)
      await transaction
        .insertInto("items")
        .values({ campaign, ...item, answer: null, by: null, at: null })
        .execute();
  },
};

/** Whoever has not answered is reminded: the act is the reminder, and the page of the campaign shows it. */
export const reviewReminded: ActKind<{ readonly waiting: readonly string[] }> = {
  name: "review.reminded",
  body: z.strictObject({ waiting: z.array(name) }),
  entry: "act",
  apply: async (transaction, { subject }) => {
    await transaction
      .updateTable("campaigns")
      .set(({ eb }) => ({ reminders: eb("reminders", "+", 1) }))
      .where("id", "=", subject)
      .execute();
  },
};

interface Answered {
  readonly campaign: string;
  readonly evidence: Signed<unknown>;
}

/** Another person says that a power is still needed; an identity may go on until the next review, and one that lapsed is back. */
export const reviewConfirmed: ActKind<Answered & { readonly reviewBy: string }> = {
  name: "review.confirmed",
  body: z.strictObject({ campaign: name, reviewBy: moment, evidence }),
  entry: "act",
  isSigned: signedAs("review.confirm", ({ campaign }) => ({ campaign })),
  apply: async (transaction, { subject, who, time, body: { campaign, reviewBy } }) => {
    const item = await itemOf(transaction, campaign, subject);
    await answer(transaction, campaign, subject, { answer: "confirmed", by: who, at: time });
    if (item.kind === "person") await giveBack(transaction, campaign, subject);
    else {
      await changeRecord(transaction, subject, { reviewBy });
      if (item.answer === "lapsed") await setStatus(transaction, subject, "active");
    }
  },
};

/** A power is taken away: an identity is suspended, a person withheld. */
export const reviewRemoved: ActKind<Answered> = {
  name: "review.removed",
  body: z.strictObject({ campaign: name, evidence }),
  entry: "act",
  isSigned: signedAs("review.remove", ({ campaign }) => ({ campaign })),
  apply: async (transaction, { subject, who, time, body: { campaign } }) => {
    await takeAway(transaction, campaign, subject, time);
    await answer(transaction, campaign, subject, { answer: "removed", by: who, at: time });
  },
};

/** The deadline has come: what nobody answered lapses. */
export const reviewClosed: ActKind<{ readonly lapsed: readonly string[] }> = {
  name: "review.closed",
  body: z.strictObject({ lapsed: z.array(name) }),
  entry: "act",
  apply: async (transaction, { subject, time, body: { lapsed } }) => {
    for (const each of lapsed) {
      await takeAway(transaction, subject, each, time);
      await answer(transaction, subject, each, { answer: "lapsed", by: null, at: time });
    }
    await transaction.updateTable("campaigns").set({ closed: time }).where("id", "=", subject).execute();
  },
};

async function itemOf(transaction: Database, campaign: string, item: string) {
  return transaction.selectFrom("items").selectAll().where("campaign", "=", campaign).where("name", "=", item).executeTakeFirstOrThrow();
}

async function answer(
  transaction: Database,
  campaign: string,
  item: string,
  said: { readonly answer: "confirmed" | "removed" | "lapsed"; readonly by: string | null; readonly at: string },
): Promise<void> {
  await transaction.updateTable("items").set(said).where("campaign", "=", campaign).where("name", "=", item).execute();
}

async function channelOf(transaction: Database, campaign: string): Promise<string> {
  return (await transaction.selectFrom("campaigns").select("channel").where("id", "=", campaign).executeTakeFirstOrThrow()).channel;
}

async function takeAway(transaction: Database, campaign: string, item: string, since: string): Promise<void> {
  const { kind } = await itemOf(transaction, campaign, item);
  if (kind === "person") {
    const row = { person: item, channel: await channelOf(transaction, campaign), since };
    await transaction
      .insertInto("withheld")
      .values(row)
      .onConflict((conflict) => conflict.columns(["person", "channel"]).doNothing())
      .execute();
    return;
  }
  const { status } = await transaction.selectFrom("identities").select("status").where("name", "=", item).executeTakeFirstOrThrow();
  if (status !== "retired") await setStatus(transaction, item, "suspended");
}

async function giveBack(transaction: Database, campaign: string, person: string): Promise<void> {
  const channel = await channelOf(transaction, campaign);
  await transaction.deleteFrom("withheld").where("person", "=", person).where("channel", "=", channel).execute();
}

export const reviewKinds: readonly AnyKind[] = [
  anyKind(reviewStarted),
  anyKind(reviewReminded),
  anyKind(reviewConfirmed),
  anyKind(reviewRemoved),
  anyKind(reviewClosed),
];
