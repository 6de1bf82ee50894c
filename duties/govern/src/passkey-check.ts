// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import { envelope } from "@countersign/trust/envelope";
import type { Policy } from "@countersign/trust/policy/policy";
import { approval } from "@countersign/trust/release/approval";
import { type PasskeyUse, passkeyUses } from "@countersign/trust/release/passkey-use";
import type { ApprovalSubject } from "./approval-checks.ts";
import type { Database } from "./database.ts";
import { ours } from "./proposal.ts";

/** What was said before with one key, where that is a passkey that counts. */
export async function usesBefore(database: Database, keyid: string, policy: Policy): Promise<readonly PasskeyUse[]> {
  if (policy.holders[keyid]?.key.keytype !== "webauthn") return [];
  const rows = await database.selectFrom("approvals").select("envelope").where("envelope", "like", `%"${keyid}"%`).execute();
  const said = rows.map((row) => ours(envelope(approval), row.envelope));
  return passkeyUses(said, policy).filter((use) => use.keyid === keyid);
}

/** Approvals arrive in the order in which they are made, so here a count always grows. The signers, who see none arrive, ask for less. */
export const passkeyCheck: Check<ApprovalSubject> = {
  name: "approval/passkey-counter",
  source: "WebAuthn L3 6.1.1 and 7.2: a counter that does not grow is a sign of a copied authenticator",
  examine: ({ candidate, published: { policy }, passkeys }) => {
    const [use] = passkeyUses([candidate], policy);
    const others = passkeys.filter(({ approval: name }) => name !== use?.approval).map(({ counter }) => counter);
    const highest = Math.max(0, ...others);
    return decide(
      use === undefined || use.counter > highest,
      `a count above ${highest}`,
      use === undefined ? "a key that does not count" : `${use.counter}`,
      "passkey-copied",
      "Somebody may have a copy of this passkey: deny its approvals, take it out of the policy, and let its owner register another.",
    );
  },
};
