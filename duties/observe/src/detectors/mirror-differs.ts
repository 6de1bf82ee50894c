// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";

/** One name, one version, two contents: somebody is served what others are not. Bytes under a wrong digest are refused by devices, and tell who changed them. */
export const mirrorDiffers: Detector = {
  name: "mirror-differs",
  severity: "Critical",
  title: "A mirror serves other bytes under the same name and version",
  means:
    "Two servers of one repository show different contents that should be one. Whoever signed both, or changed the bytes, aims at those who read from one of them.",
  advice: "Keep both, take the mirror out of use, and ask its owner: countersign ledger verify",
  detect: ({ mirrors }) =>
    mirrors.flatMap(({ mirror, differences }) =>
      differences.map(({ file, here, there }) => ({ about: [mirror, file, here, there ?? ""], evidence: { mirror, file, here, there } })),
    ),
};
