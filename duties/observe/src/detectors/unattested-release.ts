// SPDX-License-Identifier: Apache-2.0
import { provenanceChecks } from "@countersign/trust/build/checks";
import { judge } from "@countersign/trust/check";
import type { Detector } from "../detector.ts";
import { refusedBy } from "./refused-by.ts";

/** Bytes of which no trusted builder says, in public, what they were built from. */
export const unattestedRelease: Detector = {
  name: "unattested-release",
  severity: "Critical",
  title: "A release is published without the provenance that it takes",
  means: "Nobody who is trusted says what the bytes were built from, and signers signed all the same.",
  advice: "Stop it, and find out where the bytes come from: countersign revoke DIGEST --reason TEXT --as NAME",
  detect: refusedBy(({ entry: { body }, rules, attestations }, { policy, ledger }) => {
    if (attestations === undefined || body._type !== "release") return undefined;
    if (!attestations.ok) return { outcome: attestations, verdicts: [] };
    return judge({ candidate: body, attestations: attestations.value, policy, rules, ledger }, provenanceChecks);
  }),
};
