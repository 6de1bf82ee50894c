// SPDX-License-Identifier: Apache-2.0
import { type ReleaseWindow, type WindowClient, windowClient } from "@countersign/release/window-client";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { withApprover } from "../approver-key.ts";
import { type Acting, asPerson } from "../as-person.ts";
import { number } from "../number.ts";
import type { Answer, Screen } from "../screen.ts";
import { openSite, type Site, type SiteOptions, withProject } from "../site.ts";
import { table } from "../table.ts";
import { verb } from "../verb.ts";
import { breakGlass } from "./window-break-glass.ts";

export function window(program: Command): void {
  const noun = program
    .command("window")
    .description("a bounded time in which one channel may be released; every grant lives and dies in one");
  open(withApprover(withProject(noun.command("open"))));
  approve(withApprover(withProject(noun.command("approve"))));
  close(withApprover(withProject(noun.command("close"))));
  list(withProject(noun.command("list")));
  breakGlass(noun.command("break-glass"));
}

interface Opening extends Acting {
  readonly hours: number;
  readonly releases: number;
  readonly reason: string;
  readonly channel?: string;
}

function open(command: Command): void {
  command
    .description("ask for a window; somebody else opens it")
    .requiredOption("--as <person>", "who asks")
    .requiredOption("--reason <text>", "what is to be released")
    .option("--channel <name>", "the project's own by default")
    .option("--hours <count>", "how long it stays open", number(1, 720), 8)
    .option("--releases <count>", "for how many releases and orders", number(1, 1000), 1);
  verb<Opening>(command, 'window open --as ann --reason "version 1.2.0"', async (options, screen) => {
    const { hours, releases, reason } = options;
    return acting(options, screen, async (act, site) => {
      const { plan } = site.project;
      const asked = await act("window.request", options.channel ?? plan.channel, { seconds: hours * 3600, releases, reason });
      if (!asked.ok || plan.separation === "owner") return asked;
      return act("window.approve", asked.value.id, {});
    });
  });
}

function approve(command: Command): void {
  command
    .description("open a window that somebody else asked for")
    .argument("<window>")
    .requiredOption("--as <person>", "an approver of the channel");
  verb<Acting>(command, "window approve w-0a1b2c3d4e5f6071 --as ben", (options, screen, id = "") =>
    acting(options, screen, (act) => act("window.approve", id, {})),
  );
}

function close(command: Command): void {
  command
    .description("close a window, and with it every grant in it, also those in hand")
    .argument("<window>")
    .requiredOption("--as <person>", "anybody of the policy");
  verb<Acting>(command, "window close w-0a1b2c3d4e5f6071 --as cem", (options, screen, id = "") =>
    acting(options, screen, (act) => act("window.close", id, {})),
  );
}

function list(command: Command): void {
  command.description("the newest windows: what may be released now, and who opened it");
  verb<SiteOptions>(command, "window list", async (options) => {
    const site = await openSite(options);
    if (!site.ok) return site;
    const windows = await windowClient(site.value.running.govern).windows();
    if (!windows.ok) return windows;
    const rows = windows.value.map(({ id, channel, state, releases, requestedBy, openedBy, ends, reason }) => [
      ...[id, channel, state, String(releases), requestedBy, openedBy ?? "", ends ?? "", reason],
    ]);
    const heading = ["window", "channel", "state", "releases", "requested by", "opened by", "until", "reason"];
    return accept({ json: { windows: windows.value }, text: table(heading, rows) });
  });
}

type Act = (act: Parameters<WindowClient["act"]>[1]["act"], subject: string, body: object) => Promise<Outcome<ReleaseWindow>>;

/** Does one thing as a person, and says how the window stands then. */
function acting(
  options: Acting,
  screen: Screen,
  work: (act: Act, site: Site) => Promise<Outcome<ReleaseWindow>>,
): Promise<Outcome<Answer>> {
  return asPerson(options, screen, async ({ site, key, of }) => {
    const client = windowClient(site.running.govern);
    const done = await work((act, subject, body) => client.act(key, { act, ...of(subject, body) }), site);
    return done.ok ? accept({ json: done.value, text: standing(done.value) }) : done;
  });
}

function standing({ id, channel, state, releases, requestedBy, openedBy, ends, closedBy }: ReleaseWindow): string {
  if (state === "requested") return `${id} waits for another person: countersign window approve ${id} --as PERSON`;
  if (state === "closed") return `${id} is closed, by ${closedBy}. No grant of it counts any more.`;
  const alone = openedBy === requestedBy ? ` ${openedBy} opened it alone: this policy separates keys, not owners.` : "";
  return `${id} is open for ${releases} of ${channel} until ${ends}.${alone}\nNext: countersign release propose DIR --version 1.0.0`;
}
