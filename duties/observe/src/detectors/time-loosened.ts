// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";
import { grown } from "./grown.ts";

/** Less time to object is less objection. */
export const timeLoosened: Detector = {
  name: "time-loosened",
  severity: "Medium",
  title: "What is approved holds sooner than before, or files stay good for years",
  means: "A soak or a cooling-off time became shorter, or a file stays good for years: less time is left to object to whatever comes next.",
  advice: "Ask the owners whether they meant it: countersign policy diff FILE",
  detect: grown("time"),
};
