// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";

/** The widest single signal: nobody who works on the product said that it would be released. */
export const intentMissing: Detector = {
  signal: "intent-missing",
  group: "intent",
  title: "No source tag, window or approval announced it",
  detect: ({ before, after }) => (after.intended === false && before?.intended !== false ? [{ text: "none found" }] : []),
};
