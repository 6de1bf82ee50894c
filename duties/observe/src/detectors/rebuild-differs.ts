// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";

/** The one sign of an implant in a build: the same commit, built elsewhere, gives other bytes. */
export const rebuildDiffers: Detector = {
  name: "rebuild-differs",
  severity: "High",
  title: "Two builders made different bytes of the same commit",
  means:
    "One of them put in what the source does not say, or the build is not reproducible. Where it was reproducible before, take it for the first.",
  advice: "Stop the release that names either, and build the commit a third time: countersign revoke DIGEST --reason TEXT --as NAME",
  detect: ({ rebuilds }) =>
    [...Map.groupBy(rebuilds, ({ of }) => of)].flatMap(([of, builds]) => {
      const digests = [...new Set(builds.map(({ sha256 }) => sha256))].sort();
      if (digests.length < 2 || new Set(builds.map(({ builder }) => builder)).size < 2) return [];
      return [{ about: [of, ...digests], evidence: { of, builds: builds.map((each) => ({ ...each })) } }];
    }),
};
