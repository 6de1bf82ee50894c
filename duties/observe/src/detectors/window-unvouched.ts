// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import type { Detector } from "../detector.ts";

/** govern's word that two people opened a window is worth nothing without their signatures: whoever owns govern can write any act. */
export const windowUnvouched: Detector = {
  name: "window-unvouched",
  severity: "High",
  title: "govern logged a window for which people did not sign",
  means:
    "An act that opens a window does not hold what the people whom it names would have signed. govern made it up: whoever owns its host wants to release.",
  advice: "Take govern for stolen, and replay its record from the ledger: countersign govern verify",
  detect: ({ intent }) =>
    (intent?.announced?.acts ?? [])
      .filter(({ fault }) => fault !== "")
      .map(({ index, fault, act }) => ({ about: [`${index}`], evidence: { index, fault, act: { ...act } as Json } })),
};
