// SPDX-License-Identifier: Apache-2.0
import type { Power } from "@countersign/repository/diff/growth";
import { canonicalText } from "@countersign/trust/canonical";
import type { Suspicion } from "../detector.ts";
import type { Observation } from "../observation.ts";

/** One suspicion for each line of root, targets or policy that grows this power. */
export function grown(power: Power): (observation: Observation) => readonly Suspicion[] {
  return ({ growths }) =>
    growths
      .filter((growth) => growth.power === power)
      .map(({ gain, difference }) => ({
        about: [gain, canonicalText({ ...difference })],
        evidence: { gain, difference: { ...difference } },
      }));
}
