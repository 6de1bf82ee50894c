// SPDX-License-Identifier: Apache-2.0
import type { Pair } from "./pair.ts";

/** Signals that have one cause count once: a new file is longer, larger and more code, and that is one thing. */
export type Group =
  | "install"
  | "native"
  | "dependency"
  | "capability"
  | "network"
  | "obfuscation"
  | "mode"
  | "system"
  | "shape"
  | "identity"
  | "origin"
  | "intent"
  | "timing"
  | "privilege";

/** What a detector saw, and where: a path from the release's root and a line from 1, where it has them. */
export interface Evidence {
  readonly text: string;
  readonly path?: string;
  readonly line?: number;
}

/** A plug-in point: one thing that is rarely so, as a pure function of a release and its predecessor. Silent: an empty list. */
export interface Detector {
  /** Its name for ever: rates, suppressions and findings refer to it. */
  readonly signal: string;
  readonly group: Group;
  readonly title: string;
  detect(pair: Pair): readonly Evidence[];
}
