// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";

/** The pin says which job an identity is. Its subject is what the pin may leave open: another branch, another environment, a person who runs it by hand. */
export const actorChanged: Detector = {
  name: "actor-changed",
  severity: "Low",
  title: "An identity was used by another subject than the time before",
  means:
    "The token that was exchanged for a grant names another subject than the last one of the same identity. A job was moved, or somebody else runs it.",
  advice: "Compare both with what its owner knows of the job: countersign identity explain NAME",
  detect: ({ intent }) => {
    const last = new Map<string, string>();
    return (intent?.announced?.grants ?? []).flatMap(({ identity, actor: { sub, recorded }, place, duty }) => {
      const before = last.get(identity);
      last.set(identity, sub);
      if (before === undefined || before === sub) return [];
      return [{ about: [`${place.index}`], evidence: { index: place.index, identity, duty, before, now: sub, recorded: { ...recorded } } }];
    });
  },
};
