// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";

/** The ledger takes entries of its own form only; anything else was put there by whoever has the log's key. */
export const foreignLeaf: Detector = {
  name: "foreign-leaf",
  severity: "Medium",
  title: "A leaf of the ledger is no entry",
  means:
    "Only whoever holds the log key can put a leaf there that the ledger itself would refuse: the key is used by something else than the ledger.",
  advice: "Ask who has the log key, and look at the leaf: countersign ledger tail",
  detect: ({ ledger }) => (ledger.state === "read" ? ledger.foreign.map((index) => ({ about: [`${index}`], evidence: { index } })) : []),
};
