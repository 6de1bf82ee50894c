// SPDX-License-Identifier: Apache-2.0
import { type BrokenGlass, reviewClient } from "@countersign/release/review-client";
import { accept } from "@countersign/trust/refusal";
import { type Command, Option } from "commander";
import { withApprover } from "../approver-key.ts";
import { type Acting, asPerson } from "../as-person.ts";
import { number } from "../number.ts";
import type { Answer } from "../screen.ts";
import { openSite, type SiteOptions, withProject } from "../site.ts";
import { table } from "../table.ts";
import { short } from "../text.ts";
import { verb } from "../verb.ts";

export function breakGlass(noun: Command): void {
  noun.description(
    "a window that one person calls for alone: it opens late, for one release, and is reviewed before the channel opens again",
  );
  call(withApprover(withProject(noun.command("call"))));
  cancel(withApprover(withProject(noun.command("cancel"))));
  review(withApprover(withProject(noun.command("review"))));
  list(withProject(noun.command("list")));
}

interface Calling extends Acting {
  readonly release: string;
  readonly reason: string;
  readonly channel?: string;
  readonly hours: number;
}

function call(command: Command): void {
  command
    .description("call for a window without a second person; anybody may stop it while it waits")
    .requiredOption("--as <person>", "an approver of the channel")
    .requiredOption("--release <digest>", "the one release or order that it is for, by all 64 digits")
    .requiredOption("--reason <text>", "why it cannot wait; it is shown to everybody")
    .option("--channel <name>", "the project's own by default")
    .option("--hours <count>", "how long it stays open", number(1, 4), 4);
  const digest = "3f9c2a10".repeat(8);
  verb<Calling>(command, `window break-glass call --as ann --release ${digest} --reason "exploited in the wild"`, (options, screen) =>
    asPerson(options, screen, async ({ site, client, key, of }) => {
      const { release, reason, hours } = options;
      const channel = options.channel ?? site.project.plan.channel;
      const done = await client.breakGlass(key, of(channel, { release, reason, seconds: hours * 3600 }), "call");
      return done.ok ? accept(answerOf(done.value)) : done;
    }),
  );
}

function cancel(command: Command): void {
  command
    .description("stop one that waits")
    .argument("<id>")
    .requiredOption("--as <person>", "anybody of the policy")
    .requiredOption("--reason <text>", "why it can wait");
  verb<Acting & { readonly reason: string }>(
    command,
    'window break-glass cancel b-0a1b2c3d4e5f6071 --as ben --reason "I am here"',
    (options, screen, id = "") =>
      asPerson(options, screen, async ({ client, key, of }) => {
        const done = await client.breakGlass(key, of(id, { reason: options.reason }), "cancel");
        return done.ok ? accept(answerOf(done.value)) : done;
      }),
  );
}

interface Reviewing extends Acting {
  readonly finding: string;
  readonly reason: string;
}

function review(command: Command): void {
  command
    .description("say afterwards whether it was justified; until somebody else does, the channel stays shut")
    .argument("<id>")
    .requiredOption("--as <person>", "anybody but who called for it")
    .addOption(new Option("--finding <word>", "what you think of it").choices(["justified", "not-justified"]).makeOptionMandatory())
    .requiredOption("--reason <text>", "what you looked at");
  verb<Reviewing>(
    command,
    'window break-glass review b-0a1b2c3d4e5f6071 --as ben --finding justified --reason "read the log and the diff"',
    (options, screen, id = "") =>
      asPerson(options, screen, async ({ client, key, of }) => {
        const { finding, reason } = options;
        const done = await client.breakGlass(key, of(id, { finding, reason }), "review");
        return done.ok ? accept(answerOf(done.value)) : done;
      }),
  );
}

function list(command: Command): void {
  command.description("every one that was called for, also where it was not needed");
  verb<SiteOptions>(command, "window break-glass list", async (options) => {
    const site = await openSite(options);
    if (!site.ok) return site;
    const breaks = await reviewClient(site.value.running.govern).breaks();
    if (!breaks.ok) return breaks;
    const rows = breaks.value.map(({ id, channel, release, by, state, opens, finding, reason }) => [
      ...[id, channel, short(release), by, finding ?? state, opens, reason],
    ]);
    return accept({
      json: { breaks: breaks.value },
      text: rows.length === 0 ? "No glass was broken." : table(["id", "channel", "release", "by", "state", "opens", "reason"], rows),
    });
  });
}

function answerOf(glass: BrokenGlass): Answer {
  return { json: glass, text: standing(glass) };
}

function standing({ id, channel, by, state, opens, cancelledBy, reviewedBy, finding }: BrokenGlass): string {
  if (state === "waiting")
    return `${id} opens ${channel} at ${opens}, and everybody can see it. To stop it: countersign window break-glass cancel ${id} --as PERSON --reason TEXT`;
  if (state === "cancelled") return `${id} is stopped, by ${cancelledBy}`;
  if (state === "reviewed") return `${id} of ${by} was ${finding}, says ${reviewedBy}`;
  return `${id} is open; to close it: countersign window close ${id} --as PERSON`;
}
