// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import type { Detector } from "../detector.ts";

/** govern locks an identity where a second one shows its credential; what it saw stands in the act, which the ledger names. */
export const credentialElsewhere: Detector = {
  name: "credential-elsewhere",
  severity: "High",
  title: "An identity's credential was used from elsewhere, and govern locked it",
  means:
    "A grant was shown by another key than it was bound to, or a renewal that was used already. Two have the credential, and one of them is a thief.",
  advice: "Find out who has it before somebody renews the identity: countersign identity explain NAME",
  detect: ({ intent }) =>
    (intent?.announced?.acts ?? [])
      .filter(({ act }) => act.act === "identity.locked")
      .map(({ index, act: { subject, time, body } }) => ({
        about: [`${index}`],
        evidence: { index, identity: subject, time, body: body as Json },
      })),
};
