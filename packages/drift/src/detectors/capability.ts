// SPDX-License-Identifier: Apache-2.0
import { freshFiles } from "../changed-files.ts";
import type { Detector, Evidence } from "../detector.ts";
import { type Capability, dangerous } from "../facts/capabilities.ts";
import type { Pair } from "../pair.ts";

/** The first mention of each capability that no file of the release before had. */
function firstUses(pair: Pair, wanted: readonly Capability[]): readonly Evidence[] {
  if (pair.before === undefined) return [];
  const had = new Set([...pair.before.contents.files.values()].flatMap(({ capabilities }) => capabilities.map(({ what }) => what)));
  const seen = new Set<string>();
  return freshFiles(pair).flatMap(({ path, capabilities }) =>
    capabilities.flatMap(({ what, line }) => {
      if (had.has(what) || seen.has(what) || !wanted.some((capability) => capability === what)) return [];
      seen.add(what);
      return [{ text: what, path, line }];
    }),
  );
}

export const capabilityDangerous: Detector = {
  signal: "capability-dangerous",
  group: "capability",
  title: "Code starts processes, talks, evaluates or reads secrets for the first time",
  detect: (pair) => firstUses(pair, dangerous),
};

export const capabilityOther: Detector = {
  signal: "capability-other",
  group: "capability",
  title: "Code touches files, the environment or the host's identity for the first time",
  detect: (pair) => firstUses(pair, ["files", "environment dump", "host identity", "native loading"]),
};
