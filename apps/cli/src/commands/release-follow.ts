// SPDX-License-Identifier: Apache-2.0
import { follow } from "@countersign/release/follow";
import type { SignerTrail } from "@countersign/release/proposal";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { plain } from "../plain.ts";
import type { Answer, Screen } from "../screen.ts";
import { openSiteAt, type Site, type SiteOptions } from "../site.ts";
import { bold, short, trailText } from "../text.ts";
import { verb } from "../verb.ts";

export function sign(command: Command): void {
  command.description("wait for the signers, and show what each of them checked by itself").argument("<digest>", "8 digits of it or more");
  verb<SiteOptions>(command, "release sign 3f9c2a10", async (options, screen, written) => {
    const site = await openSiteAt(options, written);
    if (!site.ok) return site;
    return await waitFor("signed", site.value, screen, (digest) => `Next: countersign release publish ${short(digest)}`);
  });
}

export function publish(command: Command): void {
  command.description("wait until the repository has it").argument("<digest>", "8 digits of it or more");
  verb<SiteOptions>(command, "release publish 3f9c2a10", async (options, screen, written) => {
    const site = await openSiteAt(options, written);
    if (!site.ok) return site;
    return await waitFor("published", site.value, screen, () => "Devices find it now: countersign device install --dir DIR");
  });
}

async function waitFor(
  until: "signed" | "published",
  { govern, digest }: Site & { readonly digest: Digest },
  screen: Screen,
  next: (digest: Digest) => string,
): Promise<Outcome<Answer>> {
  const trails = new Map<string, SignerTrail>();
  const waited = await follow(govern, digest, until, {
    onState: (state) => screen.say(`${short(digest)} is ${state}`),
    onTrail: (trail) => {
      trails.set(trail.signer, trail);
      screen.say(signerText(trail));
    },
  });
  if (!waited.ok) return waited;
  return accept({ json: { digest, state: waited.value.state, trails: [...trails.values()] }, text: next(digest) });
}

function signerText({ signer, ok, verdicts, refusal }: SignerTrail): string {
  if (ok) return `\n${bold(signer)} signed:\n${trailText(verdicts)}\n`;
  const why = refusal === undefined ? "" : `: ${plain(`${refusal.code}, ${refusal.found}. ${refusal.remedy}`)}`;
  return `${bold(signer)} has not signed${why}`;
}
