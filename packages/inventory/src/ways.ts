// SPDX-License-Identifier: Apache-2.0
import type { ChannelUnder, Way } from "./way.ts";
import { waysToHide } from "./ways-to-hide.ts";
import { waysToInstall } from "./ways-to-install.ts";
import { waysToStop } from "./ways-to-stop.ts";

/** The list of ways: everything that anybody could do to a channel's devices through the chain, the worst first. */
export function waysOf(under: ChannelUnder): readonly Way[] {
  return [...waysToInstall(under), ...waysToHide(under), ...waysToStop(under)];
}
