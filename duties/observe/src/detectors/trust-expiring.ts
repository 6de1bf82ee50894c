// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";

/** Days before, in which a ceremony can still be called; a channel file renews itself, and has not. */
const NOTICE_DAYS = { ceremony: 30, channel: 7 };
const DAY_MS = 86_400_000;

/** What devices refuse from a day on that can be named today. */
export const trustExpiring: Detector = {
  name: "trust-expiring",
  severity: "Medium",
  title: "Trust expires soon",
  means:
    "From the time that is named, devices refuse what this file says, and install nothing under it. Root and targets are renewed by hand, in a ceremony.",
  advice: "Call the ceremony, or find out why nobody renews: countersign key ceremony open FILE --role ROLE",
  detect: ({ repository, now }) => {
    if (repository.state !== "verified") return [];
    const { root, targets, channels } = repository.view;
    const files = [
      { file: "root.json", days: NOTICE_DAYS.ceremony, signed: root.signed },
      { file: "targets.json", days: NOTICE_DAYS.ceremony, signed: targets.signed },
      ...[...channels].map(([channel, { signed }]) => ({ file: `${channel}.json`, days: NOTICE_DAYS.channel, signed })),
    ];
    return files
      .filter(({ signed, days }) => Date.parse(signed.expires) - now < days * DAY_MS)
      .map(({ file, signed: { version, expires } }) => ({ about: [file, `${version}`], evidence: { file, version, expires } }));
  },
};
