// SPDX-License-Identifier: Apache-2.0
import { registerClient } from "@countersign/release/register-client";
import { accept } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { identityText } from "../identity-text.ts";
import { openSite, type SiteOptions } from "../site.ts";
import { table } from "../table.ts";
import { verb } from "../verb.ts";

export function list(command: Command): void {
  command.description("everything that was ever registered, and who answers for it");
  verb<SiteOptions>(command, "identity list", async (options) => {
    const site = await openSite(options);
    if (!site.ok) return site;
    const identities = await registerClient(site.value.running.govern).list();
    if (!identities.ok) return identities;
    const rows = identities.value.map(({ name, component, channel, duties, owner, deputy, status, reviewBy }) => [
      ...[name, component, channel, duties.join(", "), owner, deputy, status, reviewBy],
    ]);
    const heading = ["identity", "component", "channel", "duties", "owner", "deputy", "status", "review by"];
    return accept({ json: { identities: identities.value }, text: table(heading, rows) });
  });
}

export function show(command: Command): void {
  command.description("one identity, with its pin").argument("<name>");
  verb<SiteOptions>(command, "identity show ci", async (options, _, name = "") => {
    const site = await openSite(options);
    if (!site.ok) return site;
    const identity = await registerClient(site.value.running.govern).show(name);
    return identity.ok ? accept({ json: identity.value, text: identityText(identity.value) }) : identity;
  });
}
