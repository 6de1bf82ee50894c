// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";
import { inItsWindow, isSaid } from "../intent.ts";
import { alarmEvidence, shownOf } from "./entered.ts";

/** Signers ask for a grant before they use their keys, and get it in an open window only. Keys that signed without one are used outside of their duty, or by a thief. */
export const signedWithoutGrant: Detector = {
  name: "signed-without-grant",
  severity: "High",
  title: "A release was signed, and no signer was granted to sign it in an open window",
  means:
    "A channel offers a release, so a quorum of signers signed it. Each signer asks for a grant first, which is logged and dies with its window; for this release there is none. The keys were used outside of any window, and not by their signers.",
  advice: "Stop it, and rotate the keys of the signers whose records do not have it: countersign revoke DIGEST --reason TEXT --as NAME",
  detect: ({ intent }) => {
    if (!isSaid(intent)) return [];
    return shownOf(intent.releases)
      .filter(
        ({ isOffered, digest }) =>
          isOffered &&
          !intent.announced.grants.some((grant) => grant.duty === "sign" && grant.digest === digest && inItsWindow(intent, grant)),
      )
      .map((release) => ({ about: [release.digest], evidence: alarmEvidence(release) }));
  },
};
