// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { anchorFile } from "@countersign/world/project";
import { openSite } from "./site.ts";

/** Where updates come from, and the root that is trusted, by its file. */
export interface Told {
  readonly url: string;
  readonly root: string;
  readonly product: string;
  readonly channel: string;
}

/** What was not told is the project's, where this is run in one that is up. */
export async function toldOrProject({ url, root, product, channel }: Partial<Told>): Promise<Outcome<Told>> {
  if (url !== undefined && root !== undefined && product !== undefined && channel !== undefined)
    return accept({ url, root, product, channel });
  const site = await openSite({});
  if (!site.ok)
    return refuse(
      "place-not-told",
      "--url, --root, --product and --channel, or a project that is up",
      site.refusal.found,
      site.refusal.remedy,
    );
  const { project, running } = site.value;
  return accept({
    url: url ?? running.distribute,
    root: root ?? anchorFile(project),
    product: product ?? project.plan.product,
    channel: channel ?? project.plan.channel,
  });
}
