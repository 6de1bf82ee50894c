// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";

/** Who switches a monitor off, or shows it an empty room, wants something to go unseen. Each silence is found once. */
export const monitorSilent: Detector = {
  name: "monitor-silent",
  severity: "High",
  title: "A monitor of the policy is silent, or says that it cannot see",
  means:
    "A monitor has not spoken within the time that it promised, or says that it is blind. What it would have seen, only the others can see now.",
  advice: "Ask its owner whether it runs and what it last saw: countersign observe status",
  detect: ({ silences, graceSeconds }) =>
    silences
      .filter(({ seconds }) => seconds > graceSeconds)
      .map(({ monitor, time, refusal }) => ({
        about: [monitor, refusal.code, `${time}`],
        evidence: { monitor, heard: time, refusal: { ...refusal } },
      })),
};
