// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";
import { grown } from "./grown.ts";

/** The log, its witnesses, monitors, revokers: whoever means to be unseen begins with them. */
export const watchWeakened: Detector = {
  name: "watch-weakened",
  severity: "High",
  title: "Less is seen than before, or less can be stopped",
  means:
    "Another log, other witnesses, fewer monitors or revokers, or denials that a mirror may hide for longer. What is done after that, fewer can see or stop.",
  advice: "Ask the owners whether they meant it, and keep the ledger as it was until they answer: countersign policy diff FILE",
  detect: grown("watch"),
};
