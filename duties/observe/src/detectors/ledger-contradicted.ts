// SPDX-License-Identifier: Apache-2.0
import { contradictionOf } from "@countersign/trust/ledger/contradiction";
import type { Detector } from "../detector.ts";

/**
 * The ledger shrank, forked, or serves entries that are not those that it signed. Both checkpoints are the evidence, in the form that devices keep it in: whoever
 * saves it to a file verifies it offline, with `countersign ledger verify`.
 */
export const ledgerContradicted: Detector = {
  name: "ledger-contradicted",
  severity: "Critical",
  title: "The ledger contradicts what it showed or signed before",
  means: "The log has shown two histories. One of them hides something from somebody, and witnesses who cosigned both have fallen with it.",
  advice: "Keep both checkpoints, they are the proof; stop releasing, and compare with another mirror: countersign ledger verify",
  detect: ({ ledger, cursor }) =>
    ledger.state === "contradicted"
      ? [
          {
            about: [`${cursor.size}`, `${ledger.size}`, Buffer.from(cursor.root).toString("hex")],
            evidence: {
              ...contradictionOf({ note: cursor.note, checkpoint: cursor }, { note: ledger.note, checkpoint: ledger }, ledger.prefix),
            },
          },
        ]
      : [],
};
