// SPDX-License-Identifier: Apache-2.0
import { openBase } from "./base.ts";
import { relist, together } from "./forge.ts";
import { publishKeys } from "./keys.ts";
import type { AgentLab } from "./lab.ts";
import { type Mirror, startMirror } from "./mirror.ts";
import type { TrojanRelease } from "./trojan-release.ts";

/** A server of the lab's later store, on which publish lists this release. */
export async function offered(
  { project, stores }: Pick<AgentLab, "project" | "stores">,
  stack: AsyncDisposableStack,
  release: TrojanRelease,
): Promise<Mirror> {
  const base = await openBase(project, stores.oneLater);
  const listed = await relist(base, { [`${project.plan.channel}.json`]: release.channel.file }, await publishKeys(project));
  return stack.use(await startMirror(stores.oneLater, together(release.files, listed)));
}
