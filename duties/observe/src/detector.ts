// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import type { Observation } from "./observation.ts";

/** How bad it is, in the words of OCSF (`severity`). */
export type Severity = "Informational" | "Low" | "Medium" | "High" | "Critical";

/** What a detector says of one thing. */
export interface Suspicion {
  /** What it is about: two suspicions of a detector with the same `about` are one finding. */
  readonly about: readonly string[];
  readonly evidence: Readonly<Record<string, Json>>;
}

/** A plug-in point: one thing that must not be so, as a pure function of one look at the path. */
export interface Detector {
  readonly name: string;
  readonly severity: Severity;
  readonly title: string;
  detect(observation: Observation): readonly Suspicion[];
}
