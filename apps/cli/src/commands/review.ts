// SPDX-License-Identifier: Apache-2.0
import { type Campaign, type ReviewItem, reviewClient } from "@countersign/release/review-client";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { withApprover } from "../approver-key.ts";
import { type Acting, asPerson } from "../as-person.ts";
import { number } from "../number.ts";
import { openSite, type SiteOptions, withProject } from "../site.ts";
import { type Cell, table } from "../table.ts";
import { bold } from "../text.ts";
import { verb } from "../verb.ts";

export function review(program: Command): void {
  const noun = program
    .command("review")
    .description("access reviews: who and what may act on a channel; what nobody confirms in time lapses");
  start(withApprover(withProject(noun.command("start"))));
  list(withProject(noun.command("list")));
  answering(withApprover(withProject(noun.command("confirm"))), "confirm");
  answering(withApprover(withProject(noun.command("remove"))), "remove");
  status(withProject(noun.command("status")));
}

interface Starting extends Acting {
  readonly channel?: string;
  readonly days: number;
}

function start(command: Command): void {
  command
    .description("ask about everything and everybody that may act on a channel")
    .requiredOption("--as <person>", "who asks")
    .option("--channel <name>", "the project's own by default")
    .option("--days <count>", "how long there is to answer", number(3, 60), 14);
  verb<Starting>(command, "review start --as ann --days 14", (options, screen) =>
    asPerson(options, screen, async ({ site, client, key, of }) => {
      const channel = options.channel ?? site.project.plan.channel;
      const started = await client.start(key, of(channel, { days: options.days }));
      if (!started.ok) return started;
      const { id } = started.value;
      return accept({ json: { id, channel }, text: `${id} asks about ${channel}. Next: countersign review list` });
    }),
  );
}

function list(command: Command): void {
  command.description("what waits for an answer: who answers for it, when it was last used, and what is proposed");
  verb<SiteOptions>(command, "review list", async (options) => {
    const campaigns = await campaignsOf(options);
    if (!campaigns.ok) return campaigns;
    const running = campaigns.value.filter(({ closed }) => closed === null);
    const none = "No campaign is running. Next: countersign review start --as PERSON";
    return accept({ json: { campaigns: running }, text: running.length === 0 ? none : running.map(campaignText).join("\n\n") });
  });
}

function campaignText({ id, channel, deadline, reminders, items }: Campaign): string {
  const rows = items.map(row);
  const heading = ["power", "kind", "answers for it", "last used", "answer"];
  return `${bold(`${id}: ${channel}`)}, until ${deadline.slice(0, 16)}Z, reminded ${reminders} times; then silence lapses\n${table(heading, rows)}\nNext: countersign review confirm NAME --as SOMEBODY-ELSE, or remove`;
}

function row({ name, kind, accountable, lastUsed, unused, answer, by }: ReviewItem): readonly Cell[] {
  const proposed: Cell = unused ? ["yellow", "remove it: nobody used it for 90 days"] : ["dim", "waits"];
  return [
    name,
    kind,
    accountable,
    lastUsed?.slice(0, 10) ?? "never",
    answer === null ? proposed : `${answer}${by === null ? "" : ` by ${by}`}`,
  ];
}

interface Answering extends Acting {
  readonly campaign?: string;
}

function answering(command: Command, answer: "confirm" | "remove"): void {
  command
    .description(
      answer === "confirm"
        ? "say that a power is still needed; by somebody who has no part in it"
        : "take a power away: an identity is suspended, a person's word counts for nothing on that channel",
    )
    .argument("<name>", "of an identity or a person")
    .requiredOption("--as <person>", answer === "confirm" ? "anybody who is not behind it" : "anybody")
    .option("--campaign <id>", "the newest that asks about it by default");
  verb<Answering>(command, `review ${answer} ci --as ben`, (options, screen, name = "") =>
    asPerson(options, screen, async ({ client, key, of }) => {
      const campaigns = await client.campaigns();
      if (!campaigns.ok) return campaigns;
      const asking = campaigns.value.find(({ id, items }) =>
        options.campaign === undefined ? items.some((item) => item.name === name) : id === options.campaign,
      );
      if (asking === undefined) return refuse("item-unknown", "a name that a campaign asks about", name, "See: countersign review list");
      const done = await client.answer(key, of(name, { campaign: asking.id }), answer);
      return done.ok ? accept({ json: done.value, text: `${name} is ${done.value.answer} in ${asking.id}` }) : done;
    }),
  );
}

function status(command: Command): void {
  command.description("every campaign: when it began, how much of it is answered, what lapsed");
  verb<SiteOptions>(command, "review status", async (options) => {
    const campaigns = await campaignsOf(options);
    if (!campaigns.ok) return campaigns;
    const rows = campaigns.value.map(({ id, channel, startedBy, started, deadline, closed, items }) => {
      const count = (answer: ReviewItem["answer"]): string => String(items.filter((item) => item.answer === answer).length);
      const state = closed === null ? `open until ${deadline.slice(0, 10)}` : `closed ${closed.slice(0, 10)}`;
      return [id, channel, startedBy, started.slice(0, 10), state, count(null), count("confirmed"), count("removed"), count("lapsed")];
    });
    const heading = ["campaign", "channel", "by", "began", "state", "wait", "confirmed", "removed", "lapsed"];
    return accept({ json: { campaigns: campaigns.value }, text: rows.length === 0 ? "No campaign yet." : table(heading, rows) });
  });
}

async function campaignsOf(options: SiteOptions): Promise<Outcome<readonly Campaign[]>> {
  const site = await openSite(options);
  return site.ok ? reviewClient(site.value.running.govern).campaigns() : site;
}
