// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";
import { grown } from "./grown.ts";

/** A key, a person, a builder, a monitor or a channel that was not trusted, or was for less; an owner who is another. */
export const voiceAdded: Detector = {
  name: "voice-added",
  severity: "Medium",
  title: "Somebody is trusted for more than before",
  means:
    "Root, targets or policy, rightly signed, name somebody or something that they did not, or let it do more. An update of a trusted path is where a thief of a quorum begins.",
  advice: "Ask the owners whether they meant it, line by line: countersign policy diff FILE",
  detect: grown("voice"),
};
