// SPDX-License-Identifier: Apache-2.0
import { deny } from "@countersign/release/deny";
import { accept, refuse } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { type ApproverOptions, approverOf, withApprover } from "../approver-key.ts";
import { openSiteAt, type SiteOptions, withProject } from "../site.ts";
import { short } from "../text.ts";
import { verb } from "../verb.ts";

interface Options extends SiteOptions, ApproverOptions {
  readonly reason: string;
  readonly revoker?: string;
}

export function revoke(program: Command): void {
  const command = withApprover(withProject(program.command("revoke")))
    .description("stop a release for ever: no device installs it any more, and those that run it flag it")
    .argument("<digest>", "the release, by 8 digits of its digest or more")
    .requiredOption("--reason <text>", "why; it is published")
    .requiredOption("--as <name>", "the person who says so")
    .option("--revoker <name>", "the revoker that is told; the first one by default");
  verb<Options>(command, 'revoke 3f9c2a10 --reason "leaks tokens" --as alice', async ({ reason, ...options }, screen, written) => {
    const { as } = options;
    const site = await openSiteAt(options, written);
    if (!site.ok) return site;
    const { project, running, digest } = site.value;
    const names = Object.keys(running.revokers);
    const revoker = options.revoker ?? names[0] ?? "";
    const revokerUrl = running.revokers[revoker];
    if (revokerUrl === undefined) return refuse("unknown-revoker", names.join(" or "), revoker, `Name one of them: --revoker ${names[0]}`);
    const approver = await approverOf(project, options, screen);
    if (!approver.ok) return approver;
    const denial = { kind: "release", name: digest, since: Math.floor(Date.now() / 1000), until: null, reason } as const;
    const denied = await deny({ revokerUrl, revoker, denial, key: approver.value.documents });
    if (!denied.ok) return denied;
    const { version } = denied.value;
    return accept({
      json: { digest, revoker, version, reason },
      text: `${digest} is revoked: version ${version} of ${revoker}'s list says so.\nIt stops installing. To make devices leave it: countersign release order recall ${short(digest)} --reason TEXT --as ${as}`,
    });
  });
}
