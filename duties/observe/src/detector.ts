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

/** A kind of finding, and what a person is told of it. */
export interface Kind {
  readonly name: string;
  readonly severity: Severity;
  readonly title: string;
  /** What it means that this was found. */
  readonly means: string;
  /** What to do next, with the command that does it. */
  readonly advice: string;
}

/** A plug-in point: one thing that must not be so, as a pure function of one look at the path. */
export interface Detector extends Kind {
  detect(observation: Observation): readonly Suspicion[];
}
