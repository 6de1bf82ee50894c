// SPDX-License-Identifier: Apache-2.0
import type { Entry, Head } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import { steppingStones } from "@countersign/trust/release/stepping-stones";

/**
 * The releases of a head that its devices may move to, whatever they run: the newest, what they must step over on the way there, where recalls lead, and the
 * one that a new device is offered, which is another where the newest was revoked.
 */
export function carriedReleases({ releases, orders }: Head, offered: string | undefined): readonly Entry<Statement>[] {
  const refuges = orders.flatMap(({ body }) => (body.action === "recall" ? [body.to] : []));
  const carried = new Set<string | null | undefined>([...steppingStones(releases, orders), ...refuges, offered]);
  return releases.filter(({ digest }) => carried.has(digest));
}
