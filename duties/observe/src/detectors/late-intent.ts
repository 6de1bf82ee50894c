// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";
import { inTime, isSaid, proposalGrant } from "../intent.ts";
import { releaseEvidence, shownOf } from "./entered.ts";

/** A window that was opened when the release was there already: somebody covers for it, or a process is turned around. */
export const lateIntent: Detector = {
  name: "late-intent",
  severity: "Medium",
  title: "A window was opened after the release that was granted in it stood in the ledger",
  means:
    "A release entered the ledger first, and the window or the grant that should have come before it was logged later. Intent that follows is none.",
  advice: "Ask those who opened it why, and who released: countersign window list",
  detect: ({ intent }) => {
    if (!isSaid(intent)) return [];
    const { windows } = intent.announced;
    return shownOf(intent.releases).flatMap((release) => {
      const grant = proposalGrant(intent, release);
      const window = grant && windows.get(grant.window);
      const late = [grant?.place, window?.opened].find((said) => said !== undefined && !inTime(intent, said, release));
      if (late === undefined) return [];
      return [{ about: [release.digest], evidence: { ...releaseEvidence(release), window: window?.id ?? null, said: late.index } }];
    });
  },
};
