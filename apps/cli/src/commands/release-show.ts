// SPDX-License-Identifier: Apache-2.0
import { accept } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { openSite, openSiteAt, type SiteOptions } from "../site.ts";
import { statementText } from "../statement-text.ts";
import { table } from "../table.ts";
import { short } from "../text.ts";
import { verb } from "../verb.ts";

export function show(command: Command): void {
  command.description("what a release or an order says, whole").argument("<digest>", "8 digits of it or more");
  verb<SiteOptions>(command, "release show 3f9c2a10", async (options, _, written) => {
    const site = await openSiteAt(options, written);
    if (!site.ok) return site;
    const proposal = await site.value.govern.proposal(site.value.digest);
    if (!proposal.ok) return proposal;
    const { digest, body, state, approvals, needed } = proposal.value;
    const said = approvals.map(({ signed, signatures }) => ({ decision: signed.decision, keyids: signatures.map(({ keyid }) => keyid) }));
    return accept({ json: { digest, body, state, approvals: said, needed }, text: statementText(proposal.value) });
  });
}

export function status(command: Command): void {
  command.description("where releases and orders are on their way").argument("[digest]", "only this one, by 8 digits or more");
  verb<SiteOptions>(command, "release status", async (options, _, written) => {
    const site = written === undefined ? await openSite(options) : await openSiteAt(options, written);
    if (!site.ok) return site;
    const all = await site.value.govern.proposals();
    if (!all.ok) return all;
    const only = "digest" in site.value ? site.value.digest : undefined;
    const proposals = all.value.filter(({ digest }) => only === undefined || digest === only);
    const rows = proposals.map(({ digest, kind, version, product, channel, sequence, state, approvals, needed }) => [
      short(digest),
      `${product} ${version ?? kind}`,
      channel,
      String(sequence),
      state,
      `${approvals.length} of ${needed ?? "?"} ${approvals.join(", ")}`,
    ]);
    const none =
      "Nothing was proposed yet. Next: countersign window open --as NAME --reason TEXT, then countersign release propose DIR --version 1.0.0";
    return accept({
      json: { proposals },
      text: rows.length === 0 ? none : table(["digest", "what", "channel", "number", "state", "approvals"], rows),
    });
  });
}
