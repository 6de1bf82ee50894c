// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";
import type { Circumstances } from "../pair.ts";

const strength: readonly Circumstances["origin"][] = ["none", "signed", "attested", "countersigned"];

/** A stolen token publishes without the pipeline that made the evidence: nothing else changes as early. */
export const originDowngraded: Detector = {
  signal: "origin-downgraded",
  group: "origin",
  title: "The evidence of its origin is weaker than before",
  detect: ({ before, after }) =>
    before?.origin !== undefined && after.origin !== undefined && strength.indexOf(after.origin) < strength.indexOf(before.origin)
      ? [{ text: `${before.origin}, now ${after.origin}` }]
      : [],
};

/** A key in hardware does not leave it; one in a file may be anywhere. */
export const custodyDowngraded: Detector = {
  signal: "custody-downgraded",
  group: "origin",
  title: "Keys that sign for it live in files now",
  detect: ({ before, after }) => {
    const inFiles = (custody: readonly string[] | undefined): number =>
      custody?.filter((kind) => kind.startsWith("encrypted-file")).length ?? 0;
    return before?.custody !== undefined && after.custody !== undefined && inFiles(after.custody) > inFiles(before.custody)
      ? [{ text: `${before.custody.join(", ")}; now ${after.custody.join(", ")}` }]
      : [];
  },
};
