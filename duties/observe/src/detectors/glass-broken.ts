// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import type { Detector } from "../detector.ts";

/** One person alone called for a window. It is meant to be loud. */
export const glassBroken: Detector = {
  name: "glass-broken",
  severity: "High",
  title: "One person alone called for a window",
  means: "Glass was broken: in a while a window opens that nobody else approved, for one release. Any person can cancel it until then.",
  advice: "Ask whoever called, and cancel it if they did not mean it: countersign window list",
  detect: ({ intent }) =>
    (intent?.announced?.acts ?? [])
      .filter(({ act }) => act.act === "break-glass.called")
      .map(({ index, act: { who, subject, time, body } }) => ({
        about: [`${index}`],
        evidence: { index, who, channel: subject, time, body: body as Json },
      })),
};
