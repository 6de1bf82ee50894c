// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import type { Detector } from "../detector.ts";

/** Two checkpoints that cannot both be honest, found by asking two servers. The evidence is a contradiction that anybody can verify. */
export const splitView: Detector = {
  name: "split-view",
  severity: "Critical",
  title: "A mirror shows another ledger than the one that is read here",
  means:
    "The log signed two histories, and somebody is shown the one in which something is missing. The witnesses who cosigned both have fallen with it.",
  advice: "Keep the contradiction, it is the proof, and stop releasing until the log is replaced: countersign ledger verify",
  detect: ({ mirrors }) =>
    mirrors.flatMap(({ mirror, contradiction }) =>
      contradiction === undefined
        ? []
        : [{ about: [contradiction.smaller, contradiction.larger], evidence: { mirror, contradiction: { ...contradiction } as Json } }],
    ),
};
