// SPDX-License-Identifier: Apache-2.0
import type { Detector, Suspicion } from "../detector.ts";

/** Those who read there are kept from what is new: a revocation, say. A store that is behind its own mirrors is as bad. */
export const mirrorStale: Detector = {
  name: "mirror-stale",
  severity: "Medium",
  title: "A mirror does not verify, or is behind the others",
  means:
    "Devices that read from it are shown an older repository, or none. They lose time at best; at worst somebody keeps a revocation from them.",
  advice: "Compare what both serve, and take the one that is behind out of use: countersign ledger verify",
  detect: ({ repository, mirrors, silenceSeconds }) => {
    if (repository.state !== "verified") return [];
    const { time: here } = repository.view;
    return mirrors.flatMap(({ mirror, time, refusal }): readonly Suspicion[] => {
      if (refusal !== undefined) return [{ about: [mirror, refusal.code, refusal.found], evidence: { mirror, refusal: { ...refusal } } }];
      if (time === undefined || Math.abs(here - time) <= silenceSeconds) return [];
      const behind = time < here ? mirror : "the store of this observer";
      return [{ about: [mirror, `${Math.min(time, here)}`], evidence: { mirror, behind, here, there: time } }];
    });
  },
};
