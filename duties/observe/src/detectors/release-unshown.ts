// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";
import { isSaid } from "../intent.ts";

/** Anybody may append to the ledger; what only its author knows, nobody can object to. */
export const releaseUnshown: Detector = {
  name: "release-unshown",
  severity: "Medium",
  title: "A release entered the ledger, and nobody shows what it is",
  means:
    "Its soak runs, and neither govern nor a channel has the statement that it names, or its provenance. It may be nothing, or a release that is kept from view until it can be installed.",
  advice: "Ask the signers not to sign what nobody was shown: countersign ledger tail",
  detect: ({ intent }) => {
    if (!isSaid(intent)) return [];
    return intent.releases
      .filter(({ shown }) => shown === undefined)
      .map(({ digest, index, seen }) => ({ about: [digest], evidence: { digest, index, seen } }));
  },
};
