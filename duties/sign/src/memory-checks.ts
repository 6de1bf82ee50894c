// SPDX-License-Identifier: Apache-2.0
import { verifyConsistency } from "@countersign/tlog/merkle";
import { type Check, decide } from "@countersign/trust/check";
import { ledgerSizeCheck } from "@countersign/trust/ledger/checkpoint";
import type { RequestSubject, SigningSubject } from "./subject.ts";

/** What the log shows now extends what this signer has signed under: a split view is seen before it is signed into. */
export const logChecks: readonly Check<RequestSubject>[] = [
  {
    name: "ledger/consistent",
    source: "RFC 9162 2.1.4: the log is append-only, also for me alone",
    examine: ({ log: { newest, remembered, consistency }, view }) => {
      const size = ledgerSizeCheck("ledger").examine({ candidate: newest, ledger: view.ledger, remembered });
      const { checkpoint } = newest;
      if (!size.ok || remembered?.origin !== checkpoint.origin || remembered.size === checkpoint.size) return size; // of another log nothing is told
      return decide(
        verifyConsistency(remembered.size, checkpoint.size, remembered.root, checkpoint.root, consistency),
        `a tree that extends the one of size ${remembered.size}`,
        `size ${checkpoint.size}, ${consistency.length} hashes of proof`,
        "ledger-forked",
        "Keep both checkpoints as evidence, and find out who was shown which log.",
      );
    },
  },
];

/** What this signer signed before binds it. */
export const numberCheck: Check<SigningSubject> = {
  name: "record/one-statement-a-sequence",
  source: "a signer never signs two statements for one sequence",
  examine: ({ added: { digest }, record: { sameNumber } }) =>
    decide(
      sameNumber === undefined || sameNumber === digest,
      sameNumber === undefined ? "nothing signed under this number" : `${sameNumber.slice(0, 12)}, signed before`,
      digest.slice(0, 12),
      "already-signed-another",
      "Propose it under the next number; this signer's signature on the other statement may be out there.",
    ),
};

/** It goes neither back nor too fast. */
export const recordChecks: readonly Check<RequestSubject>[] = [
  {
    name: "record/version",
    source: "an older repository is not signed onwards",
    examine: ({ candidate: { channelFile }, record: { version } }) =>
      decide(
        channelFile.version >= version,
        `version ${version} of the channel file or later`,
        `version ${channelFile.version}`,
        "version-rolled-back",
        "The store shows an older repository than the one this signer signed for; find out who put it there.",
      ),
  },
  {
    name: "record/rate",
    source: "a burst is noticed before it is signed",
    examine: ({ record: { lastHour, perHour } }) =>
      decide(
        lastHour < perHour,
        `fewer than ${perHour} signatures within an hour of witnessed time`,
        `${lastHour}`,
        "rate-limited",
        "Wait, and find out who asks for so much.",
      ),
  },
];
