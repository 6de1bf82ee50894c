// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";
import { versionsOf } from "../observation.ts";

/** An older repository is being replayed, properly signed as it is (TUF 5.4.3, 5.5.5). */
export const repositoryRolledBack: Detector = {
  name: "repository-rolled-back",
  severity: "High",
  title: "A document of the repository went back to an older version",
  means:
    "Somebody serves an older repository, properly signed as it was, to keep a fix or a stop from devices. Devices that have seen the newer one refuse it.",
  advice: "Compare what the mirrors serve, and serve the newest again: countersign ledger verify",
  detect: ({ repository, versions }) => {
    if (repository.state !== "verified") return [];
    const now = versionsOf(repository.view);
    return Object.entries(versions)
      .filter(([document, version]) => (now[document] ?? 0) < version)
      .map(([document, before]) => {
        const after = now[document] ?? 0;
        return { about: [document, `${before}`, `${after}`], evidence: { document, before, after } };
      });
  },
};
