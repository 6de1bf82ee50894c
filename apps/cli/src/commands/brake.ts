// SPDX-License-Identifier: Apache-2.0
import { type BrakeOnRelease, readBrakes } from "@countersign/release/brakes";
import { deny } from "@countersign/release/deny";
import { readPublished } from "@countersign/release/published";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { type ApproverOptions, approverOf, withApprover } from "../approver-key.ts";
import { openSite, openSiteAt, type Site, type SiteOptions, withProject } from "../site.ts";
import { table } from "../table.ts";
import { short } from "../text.ts";
import { verb } from "../verb.ts";

interface ConfirmOptions extends SiteOptions, ApproverOptions {
  readonly reason?: string;
}

export function brake(program: Command): void {
  const noun = program.command("brake").description("releases that an observer had held; a hold lapses unless a person confirms it");
  status(withProject(noun.command("status")));
  confirm(withApprover(withProject(noun.command("confirm"))));
}

function status(command: Command): void {
  command.description("every brake, as the revokers' lists show it to anybody: who asked, why, and how long it still holds");
  verb<SiteOptions>(command, "brake status", async (options) => {
    const site = await openSite(options);
    if (!site.ok) return site;
    const brakes = await brakesOf(site.value);
    if (!brakes.ok) return brakes;
    const { time } = brakes.value;
    const rows = brakes.value.brakes.map(({ release, asker, revoker, state, left, reason }) => [
      short(release),
      state,
      state === "holds" ? hours(left) : "",
      asker,
      revoker,
      reason,
    ]);
    const holding = brakes.value.brakes.find(({ state }) => state === "holds");
    const next =
      holding === undefined
        ? []
        : [
            `To make it last: countersign brake confirm ${short(holding.release)} --as NAME`,
            `To end it early, where it is published: countersign release order lift ${short(holding.release)} --reason TEXT --as NAME`,
          ];
    const shown =
      rows.length === 0 ? "No release was ever held by a brake." : table(["release", "state", "left", "asked by", "held by", "why"], rows);
    return accept({ json: { time, brakes: brakes.value.brakes }, text: [shown, ...next].join("\n") });
  });
}

function confirm(command: Command): void {
  command
    .description("make a hold last: the release is revoked for ever, and only a lift order can answer that")
    .argument("<digest>", "the release that is held, by 8 digits of its digest or more")
    .requiredOption("--as <name>", "the person who says so")
    .option("--reason <text>", "why; it is published (default: the brake's own reason)");
  verb<ConfirmOptions>(command, "brake confirm 3f9c2a10 --as alice", async ({ reason, ...options }, screen, written) => {
    const site = await openSiteAt(options, written);
    if (!site.ok) return site;
    const { digest, project, running } = site.value;
    const brakes = await brakesOf(site.value);
    if (!brakes.ok) return brakes;
    const held = brakes.value.brakes.find(({ release, state }) => release === digest && state !== "confirmed");
    if (held === undefined)
      return refuse("no-brake", `a brake on ${short(digest)} that nobody confirmed`, "none", "See what is held: countersign brake status");
    const revokerUrl = running.revokers[held.revoker];
    if (revokerUrl === undefined)
      return refuse("unknown-revoker", Object.keys(running.revokers).join(" or "), held.revoker, "Start it: countersign up");
    const approver = await approverOf(project, options, screen);
    if (!approver.ok) return approver;
    const why = reason ?? `confirmed: ${held.reason}`.slice(0, 500);
    const denial = { kind: "release", name: digest, since: Math.floor(Date.now() / 1000), until: null, reason: why } as const;
    const denied = await deny({ revokerUrl, revoker: held.revoker, denial, key: approver.value.documents });
    if (!denied.ok) return denied;
    return accept({
      json: { digest, revoker: held.revoker, version: denied.value.version, reason: why },
      text: `${digest} is revoked for ever: version ${denied.value.version} of ${held.revoker}'s list says so.`,
    });
  });
}

async function brakesOf({
  project,
  source,
}: Site): Promise<Outcome<{ readonly time: number; readonly brakes: readonly BrakeOnRelease[] }>> {
  const published = await readPublished(source, project.plan);
  return published.ok ? accept({ time: published.value.view.time, brakes: await readBrakes(published.value) }) : published;
}

function hours(seconds: number): string {
  return seconds >= 3600 ? `${Math.floor(seconds / 3600)} h` : `${Math.ceil(seconds / 60)} min`;
}
