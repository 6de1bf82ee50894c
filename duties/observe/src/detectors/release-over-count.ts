// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";
import { isSaid, windowsFor } from "../intent.ts";
import { alarmEvidence, type ShownRelease, shownOf } from "./entered.ts";

/** A window is for so many releases: one more is one that nobody opened it for. */
export const releaseOverCount: Detector = {
  name: "release-over-count",
  severity: "High",
  title: "More releases entered the ledger than the windows of their channel were opened for",
  means:
    "Two people opened a window for a number of releases, and this one is beyond it. Somebody uses an open window for what it was not opened for.",
  advice: "Stop it while it soaks, and close the window: countersign window close WINDOW --as NAME",
  detect: ({ intent }) => {
    if (!isSaid(intent)) return [];
    const taken = new Map<string, number>();
    const beyond = shownOf(intent.releases).flatMap((release): readonly ShownRelease[] => {
      const open = windowsFor(intent, release);
      const room = open.find(({ id, releases: room }) => (taken.get(id) ?? 0) < room);
      if (room !== undefined) taken.set(room.id, (taken.get(room.id) ?? 0) + 1);
      return room === undefined && open.length > 0 ? [release] : [];
    });
    return beyond.map((release) => ({
      about: [release.digest],
      evidence: {
        ...alarmEvidence(release),
        windows: windowsFor(intent, release).map(({ id, releases: room, opened }) => ({ id, releases: room, opened: opened.index })),
      },
    }));
  },
};
