// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";
import { grown } from "./grown.ts";

/** Rightly signed, by those who may: so it is for those who did not sign to look at. */
export const quorumLoosened: Detector = {
  name: "quorum-loosened",
  severity: "High",
  title: "It takes less than before to start something",
  means:
    "Root, targets or policy, rightly signed, ask for fewer keys, people or builders than before. Until the cooling-off time is over, the old policy judges beside the new one.",
  advice: "Ask the owners whether they meant it; if not, sign the old policy again under the next version: countersign policy diff FILE",
  detect: grown("quorum"),
};
