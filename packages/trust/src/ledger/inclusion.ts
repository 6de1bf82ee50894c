// SPDX-License-Identifier: Apache-2.0
import { encodeEntry, type Entry as LedgerEntry } from "@countersign/tlog/entry";
import { parseTlogProof, verifyTlogProof } from "@countersign/tlog/proof";
import { logOf } from "@countersign/tlog/quorum";
import type { Check } from "../check.ts";
import { accept, type Outcome, refuse } from "../refusal.ts";
import { type ClaimedCheckpoint, claimedCheckpoint, inclusionTime, type LedgerTrust } from "./checkpoint.ts";

/** Something that must be in the ledger, and the `.tlog-proof` that says it is. */
export interface LoggedSubject {
  readonly candidate: LedgerEntry;
  readonly proof: string;
  readonly ledger: LedgerTrust;
}

/** Whoever signs something must do it in public: the entry is in the ledger, under a checkpoint that the witness quorum cosigned. */
export function loggedCheck(prefix: string): Check<LoggedSubject> {
  return {
    name: `${prefix}/logged`,
    source: "C2SP tlog-proof, witness quorum of root",
    examine: ({ candidate, proof, ledger }) => {
      const verified = verifyTlogProof(proof, encodeEntry(candidate), ledger);
      if (!verified.ok) return verified;
      const { index, cosigned } = verified.value;
      return accept({
        expected: `a ${candidate.type} entry for ${candidate.digest.slice(0, 12)}`,
        found: `entry ${index} of ${cosigned.checkpoint.size}, ${cosigned.times.length} witnesses`,
      });
    },
  };
}

/** The checkpoint that a proof stands on, as it claims; `loggedCheck` is what verifies it. */
export function proofCheckpoint(proof: string, ledger: LedgerTrust): Outcome<ClaimedCheckpoint> {
  const parsed = parseTlogProof(proof);
  return parsed.ok ? claimedCheckpoint(parsed.value.note, ledger) : parsed;
}

/** Since when an entry has been public, by its proof: by the witnesses of the log that it is in, also where that is over. Unix seconds. */
export function publicSince(proof: string, ledger: LedgerTrust): Outcome<number> {
  const claimed = proofCheckpoint(proof, ledger);
  if (!claimed.ok) return claimed;
  const { quorum } = logOf(claimed.value.checkpoint.origin, ledger);
  const since = inclusionTime(claimed.value, quorum);
  return Number.isFinite(since)
    ? accept(since)
    : refuse(
        "witness-quorum-missing",
        `${quorum} cosignatures`,
        `${claimed.value.times.length}`,
        "Ask the ledger for a proof that the witness quorum cosigned.",
      );
}
