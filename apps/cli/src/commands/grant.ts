// SPDX-License-Identifier: Apache-2.0
import { windowClient } from "@countersign/release/window-client";
import { accept } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { openSite, type SiteOptions, withProject } from "../site.ts";
import { table } from "../table.ts";
import { short } from "../text.ts";
import { verb } from "../verb.ts";

export function grant(program: Command): void {
  const noun = program.command("grant").description("short-lived credentials, each for one duty on one digest in one window");
  list(withProject(noun.command("list")));
}

function list(command: Command): void {
  command.description("the newest grants: to whom, for what, until when, and how often each was used");
  verb<SiteOptions>(command, "grant list", async (options) => {
    const site = await openSite(options);
    if (!site.ok) return site;
    const grants = await windowClient(site.value.running.govern).grants();
    if (!grants.ok) return grants;
    const rows = grants.value.map(({ id, identity, duty, channel, digest, window, used, uses, expires }) => [
      ...[short(id), identity, duty, channel, short(digest), window, `${used} of ${uses}`, expires],
    ]);
    const heading = ["grant", "identity", "duty", "channel", "digest", "window", "used", "until"];
    return accept({ json: { grants: grants.value }, text: table(heading, rows) });
  });
}
