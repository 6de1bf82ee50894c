// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { approvalChecks } from "@countersign/trust/release/entry-checks";
import type { Detector } from "../detector.ts";
import { refusedBy } from "./refused-by.ts";

/** Signers signed, and the people whom the policy asks for did not say so. */
export const unapprovedEntry: Detector = {
  name: "unapproved-entry",
  severity: "Critical",
  title: "A release or an order is published without the approvals that it takes",
  means:
    "A quorum of signers signed what the people of the policy did not approve. Devices refuse it; that it was signed at all means that signers or their keys have fallen.",
  advice: "Stop it, and rotate the keys that signed: countersign revoke DIGEST --reason TEXT --as NAME",
  detect: refusedBy(({ entry, rules }, { policy, ledger, time }) =>
    judge({ candidate: entry, policy, rules, ledger, time }, approvalChecks),
  ),
};
