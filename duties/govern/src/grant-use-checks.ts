// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import type { Registered } from "./identity.ts";
import { type ProvenSubject, proofUnused } from "./proof-unused.ts";
import type { Schema } from "./schema.ts";
import { isOpen, type Window } from "./window.ts";

/** A grant that is about to be used once more, with everything about it that may have changed since it was issued. */
export interface GrantUseSubject extends ProvenSubject {
  readonly candidate: Schema["grants"];
  readonly window: Window;
  readonly identity: Registered | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/** What a token cannot say of itself, asked at each use, in the transaction that counts it: a grant in hand is dead once one of these is not so. */
export const grantUseChecks: readonly Check<GrantUseSubject>[] = [
  {
    name: "use/window",
    source: "closing a window kills every grant in it, also those in hand",
    examine: ({ window, now }) =>
      decide(
        isOpen(window, now),
        `the window ${window.id} to be open`,
        window.state === "open" ? `it ended at ${window.ends}` : `it is ${window.state}`,
        "window-not-open",
        "Have another one opened, and get a grant in it: countersign window open",
      ),
  },
  {
    name: "use/identity",
    source: "OWASP NHI1:2025",
    examine: ({ identity, now }) => {
      const good = identity?.status === "active" && Date.parse(identity.reviewBy) > now;
      const found = identity === undefined ? "none" : `${identity.name}: ${identity.status}, review by ${identity.reviewBy}`;
      return decide(good, "an active identity that was reviewed in time", found, "identity-not-active", "See: countersign identity list");
    },
  },
  {
    name: "use/left",
    source: "a grant is for some uses",
    examine: ({ candidate: { used, uses } }) =>
      decide(used < uses, `fewer than ${uses} uses`, `${used} were made`, "grant-used-up", "Get another grant, if it is still to be done."),
  },
  proofUnused("use/proof-unused"),
];
