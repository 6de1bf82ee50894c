// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";

const DAY = 86_400;

/** Times come from signed evidence only. Clock models of hours and weekdays find nothing that chance does not, and are not here. */
function dormant(signal: string, days: number): Detector {
  return {
    signal,
    group: "timing",
    title: `Nothing was released for ${days} days`,
    detect: ({ before, after }) => {
      const gap = before?.time === undefined || after.time === undefined ? 0 : (after.time - before.time) / DAY;
      return gap > days ? [{ text: `${Math.floor(gap)} days` }] : [];
    },
  };
}

export const dormantHalfYear: Detector = dormant("dormant-180", 180);
export const dormantYear: Detector = dormant("dormant-365", 365);
export const dormantTwoYears: Detector = dormant("dormant-730", 730);

const BURST = 3;

export const burst: Detector = {
  signal: "burst",
  group: "timing",
  title: `${BURST} releases or more within an hour`,
  detect: ({ after: { withinHour = 0 } }) => (withinHour >= BURST ? [{ text: `${withinHour} within an hour` }] : []),
};
