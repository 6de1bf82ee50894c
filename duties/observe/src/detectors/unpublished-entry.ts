// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";

/** Approved in public, and nothing came of it: refused by the signers, withdrawn, or offered to somebody else than everybody. */
export const unpublishedEntry: Detector = {
  name: "unpublished-entry",
  severity: "Informational",
  title: "A release or an order stands in the ledger, and no channel offers it although its soak is over",
  means: "It was approved in public and never came: refused by the signers, withdrawn, or offered to somebody else than everybody.",
  advice: "Ask who withdrew it, and the signers why they refused: countersign release status DIGEST",
  detect: ({ repository, time, unpublished, graceSeconds }) => {
    if (repository.state !== "verified") return [];
    const longestSoak = Math.max(0, ...Object.values(repository.view.policy.channels).map(({ soakSeconds }) => soakSeconds));
    return unpublished
      .filter(({ since }) => time > since + longestSoak + graceSeconds)
      .map(({ index, entry, since }) => ({ about: [`${index}`], evidence: { index, since, entry: { ...entry } } }));
  },
};
