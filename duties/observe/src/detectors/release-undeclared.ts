// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";
import { alarmEvidence, shownOf } from "./entered.ts";

/** The security team's own list, which govern cannot write. */
export const releaseUndeclared: Detector = {
  name: "release-undeclared",
  severity: "High",
  title: "A release is not in the list of intended releases, or not at this time",
  means: "The file of intents that this observer was given names no such product, channel and version, or another time for it.",
  advice: "Ask the team that keeps the file; stop the release while it soaks: countersign revoke DIGEST --reason TEXT --as NAME",
  detect: ({ intent }) => {
    if (intent?.declared === undefined) return [];
    const { declared, releases } = intent;
    return shownOf(releases).flatMap((release) => {
      const { product, channel, version } = release.shown.body;
      const named = declared.filter((each) => each.product === product && each.channel === channel && each.version === version);
      const at = (release.since ?? release.seen) * 1000;
      if (named.some(({ notBefore, notAfter }) => Date.parse(notBefore) <= at && at <= Date.parse(notAfter))) return [];
      return [{ about: [release.digest], evidence: { ...alarmEvidence(release), declared: named.map((each) => ({ ...each })) } }];
    });
  },
};
