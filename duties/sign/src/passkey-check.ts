// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import { passkeyUses } from "@countersign/trust/release/passkey-use";
import { type Numbered, numbered, type RememberedUse } from "./record.ts";
import type { SigningSubject } from "./subject.ts";

/**
 * An authenticator counts its signatures, and so does a copy of it, each by itself. Two approvals of one count are of two authenticators; and so is a lower count on a
 * later release of a channel, since nobody approves that before the earlier one is published. Between channels no order is known, and so none is asked for.
 */
export const passkeyCheck: Check<SigningSubject> = {
  name: "record/passkey-counter",
  source: "WebAuthn L3 6.1.1 and 7.2: a counter that does not grow is a sign of a copied authenticator",
  examine: ({ added, view, record: { passkeys } }) => {
    const of = numbered(added.body);
    const uses = passkeyUses(added.approvals, view.policy).map((use): RememberedUse => ({ ...use, of }));
    const found = uses.flatMap((use) =>
      [...passkeys, ...uses].filter((before) => contradicts(before, use)).map((before) => ({ before, use })),
    );
    return decide(
      found.length === 0,
      "no count of a passkey twice, nor a lower one on a later release",
      found.map(({ before, use }) => `${use.keyid.slice(0, 12)} at ${use.counter}, after ${before.counter}`).join("; ") ||
        uses.map(({ keyid, counter }) => `${keyid.slice(0, 12)} at ${counter}`).join(", ") ||
        "no passkey that counts",
      "passkey-copied",
      "Somebody may have a copy of this passkey: deny its approvals, take it out of the policy, and let its owner register another.",
    );
  },
};

function contradicts(before: RememberedUse, use: RememberedUse): boolean {
  if (before.keyid !== use.keyid || before.approval === use.approval) return false;
  return before.counter === use.counter || (before.counter > use.counter && precedes(before.of, use.of));
}

function precedes(a: Numbered, b: Numbered): boolean {
  return a.kind === b.kind && a.product === b.product && a.channel === b.channel && a.number < b.number;
}
