// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";
import { inTime, isSaid, windowsFor } from "../intent.ts";
import { alarmEvidence, shownOf } from "./entered.ts";

/** The strongest single sign that somebody releases who may not: nobody said, in public and before, that the channel would be released. */
export const releaseWithoutIntent: Detector = {
  name: "release-without-intent",
  severity: "High",
  title: "A release entered the ledger while no window was open for its channel",
  means:
    "Every release happens in a window that two people opened in public. This one did not: whoever made it went around govern, or owns it. Keys alone were enough for it, and its soak runs.",
  advice: "Stop it while it soaks, and ask whose keys signed it: countersign revoke DIGEST --reason TEXT --as NAME",
  detect: ({ intent }) => {
    if (!isSaid(intent)) return [];
    const { announced, releases } = intent;
    return shownOf(releases)
      .filter((release) => windowsFor(intent, release).length === 0)
      .map((release) => {
        const { channel } = release.shown.body;
        const ofChannel = [...announced.windows.values()].filter(
          (window) => window.channel === channel && inTime(intent, window.opened, release),
        );
        const windows = ofChannel.slice(-8).map(({ id, opened, closed, ends }) => ({
          id,
          opened: opened.index,
          closed: closed?.index ?? null,
          ends,
        }));
        return { about: [release.digest], evidence: { ...alarmEvidence(release), windows } };
      });
  },
};
