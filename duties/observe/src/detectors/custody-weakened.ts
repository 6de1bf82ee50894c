// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";
import { grown } from "./grown.ts";

/** By what the policy declares, which its signers could say wrongly: this finds what is done openly, and makes the rest a signed lie. */
export const custodyWeakened: Detector = {
  name: "custody-weakened",
  severity: "Medium",
  title: "A key is misused more easily than before",
  means:
    "The policy, rightly signed, says of a key that it lives where it is easier to copy or to use, puts such a key in the place of another, or says no more where one lives.",
  advice: "Ask its owner whether they moved it, and why: countersign policy diff FILE",
  detect: grown("custody"),
};
