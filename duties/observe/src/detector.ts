// SPDX-License-Identifier: Apache-2.0
import type { Severity, Suspicion } from "./finding.ts";
import type { Observation } from "./observation.ts";

/** A plug-in point: one thing that must not be so, as a pure function of one look at the path. */
export interface Detector {
  readonly name: string;
  readonly severity: Severity;
  readonly title: string;
  detect(observation: Observation): readonly Suspicion[];
}
