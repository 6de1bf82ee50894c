// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";

/** The ledger goes on, and what publish signs does not: a dead publisher, or one that keeps devices where they are. */
export const timestampStale: Detector = {
  name: "timestamp-stale",
  severity: "High",
  title: "The repository stands still while its ledger goes on",
  means:
    "The timestamp carries a checkpoint that is older than a denial may be hidden. Devices that read it learn of nothing since, and soon install nothing.",
  advice: "Ask whoever runs publish, and look into its log; a new one can take its place: countersign key rotate",
  detect: ({ repository, time }) => {
    if (repository.state !== "verified") return [];
    const { view } = repository;
    const seconds = Math.min(...Object.values(view.policy.channels).map(({ revocationSeconds }) => revocationSeconds));
    if (time - view.time <= seconds) return [];
    return [
      { about: [`${view.timestamp.signed.version}`], evidence: { version: view.timestamp.signed.version, shown: view.time, ledger: time } },
    ];
  },
};
