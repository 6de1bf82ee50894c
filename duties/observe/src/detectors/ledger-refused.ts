// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";

/** What nobody can read, nobody can object to. */
export const ledgerRefused: Detector = {
  name: "ledger-refused",
  severity: "High",
  title: "The ledger cannot be read, or is not signed as it must be",
  means:
    "While the ledger cannot be read or is not cosigned, nothing that is released can be objected to by strangers, and devices take nothing new.",
  advice: "See whether the log and its witnesses are up: countersign ledger verify",
  detect: ({ ledger, cursor }) =>
    ledger.state === "refused"
      ? [{ about: [ledger.refusal.code, `${cursor.size}`], evidence: { size: cursor.size, refusal: { ...ledger.refusal } } }]
      : [],
};
