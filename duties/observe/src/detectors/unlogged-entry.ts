// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { refuse } from "@countersign/trust/refusal";
import { entryLoggedCheck } from "@countersign/trust/release/entry-checks";
import type { Detector } from "../detector.ts";
import { ledgerEntryOf } from "../observation.ts";
import { refusedBy } from "./refused-by.ts";

/** A proof that does not hold; or one that does, for a ledger that strangers are not shown: a split view. */
export const unloggedEntry: Detector = {
  name: "unlogged-entry",
  severity: "Critical",
  title: "A release or an order is published that is not in the ledger everybody reads",
  means:
    "A release or an order is offered that strangers cannot see in the ledger: either its proof does not hold, or the log keeps two views.",
  advice: "Keep the proof, stop it, and compare with another mirror: countersign ledger prove DIGEST",
  detect: (observation) =>
    refusedBy(({ entry, rules }, { policy, ledger, time }) => {
      const proven = judge({ candidate: entry, policy, rules, ledger, time }, [entryLoggedCheck]);
      if (!proven.outcome.ok || observation.ledger.state !== "read" || observation.isLogged(ledgerEntryOf(entry))) return proven;
      const outcome = refuse("split-view", "the entry in the ledger as it is served", "no such entry", "Compare with another mirror.");
      return { outcome, verdicts: proven.verdicts };
    })(observation),
};
