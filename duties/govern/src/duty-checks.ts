// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import type { Registered } from "./identity.ts";

/** A signer or publish, about to do its duty on a release or an order. That its key may is judged besides; this is about now. */
export interface DutySubject {
  readonly candidate: { readonly duty: "sign" | "publish"; readonly digest: string };
  /** Whether it starts something: what only stops waits for nobody. */
  readonly starts: boolean;
  /** Who owns the keys that it is done with. */
  readonly owners: readonly string[];
  /** Whose grant came with it. */
  readonly granted: Registered | undefined;
}

export const dutyChecks: readonly Check<DutySubject>[] = [
  {
    name: "duty/granted",
    source: "no daemon has standing power: what it starts, it starts in a window",
    examine: ({ candidate: { duty, digest }, starts, granted }) =>
      decide(
        !starts || granted !== undefined,
        starts ? `a grant to ${duty} ${digest}` : "nothing: it only stops",
        granted?.name ?? "none",
        "grant-missing",
        "Let the daemon exchange its certificate for one; it needs an open window: countersign window open",
      ),
  },
  {
    name: "duty/own-grant",
    source: "a grant is of one owner's daemon, and so is what is done under it",
    examine: ({ owners, granted }) =>
      decide(
        granted === undefined || owners.includes(granted.owner),
        `a grant of a daemon of ${owners.join(" or ") || "nobody"}`,
        granted === undefined ? "none" : `one of ${granted.name} of ${granted.owner}`,
        "grant-of-another-owner",
        "Let each daemon come with a grant of its own.",
      ),
  },
];
