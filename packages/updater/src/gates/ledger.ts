// SPDX-License-Identifier: Apache-2.0
import type { Checkpoint } from "@countersign/tlog/checkpoint";
import type { EntryType } from "@countersign/tlog/entry";
import { verifyConsistency } from "@countersign/tlog/merkle";
import { consistencyProof } from "@countersign/tlog/tree";
import { type Check, decide, judge } from "@countersign/trust/check";
import type { Digest } from "@countersign/trust/digest";
import { type ClaimedCheckpoint, claimedCheckpoint, isOfLog } from "@countersign/trust/ledger/checkpoint";
import { type LoggedSubject, loggedCheck, proofCheckpoint } from "@countersign/trust/ledger/inclusion";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { readProof, stopped } from "@countersign/trust/workflow/step";
import type { Attempt } from "../attempt.ts";
import { type Gate, gate, goOn, stop } from "../gate.ts";
import { saveTrustStore } from "../trust-store.ts";

/** Two sizes of the ledger, and the hashes that are to show that the larger one only added to the smaller. */
interface ConsistencySubject {
  readonly candidate: { readonly older: Checkpoint; readonly newer: Checkpoint };
  readonly hashes: readonly Uint8Array[];
}

const consistent: Check<ConsistencySubject> = {
  name: "ledger/consistent",
  source: "RFC 9162 2.1.4, from tiles",
  examine: ({ candidate: { older, newer }, hashes }) =>
    decide(
      verifyConsistency(older.size, newer.size, older.root, newer.root, hashes),
      `the tree of ${newer.size} entries extends that of ${older.size}`,
      `${hashes.length} hashes from tiles`,
      "ledger-inconsistent",
      "The ledger was rewritten. Keep both checkpoints as evidence, tell the publisher, use another mirror.",
    ),
};

/**
 * Gate 7: the files that decide what is installed were signed in public. From here on the device remembers what it has verified. Where none of them
 * is new nothing is to be proven, and so nothing is read: the next one that is will be shown to stand in a ledger that extends what is remembered.
 */
export const ledgerGate: Gate = gate({
  number: 7,
  name: "ledger proofs and witnesses",
  checks: { targets: [loggedCheck("targets")], channel: [loggedCheck("channel")], consistency: [consistent] },
  async pass(attempt, checks) {
    const { timestamp, snapshot, targets, policy, channel } = attempt.found;
    const files = [
      { type: "targets", file: targets, stored: attempt.documents.targets },
      { type: "channel", file: channel, stored: attempt.documents.channel },
    ] as const;
    const news = files.filter(({ file, stored }) => file?.digest !== stored?.digest); // the rest was proven when it was stored
    if (news.length > 0) {
      const newest = attempt.checkpoint;
      const grown = await extendRemembered(attempt, newest, checks.consistency);
      if (!grown.ok) return stop(grown.refusal);
      for (const { type, file } of news) {
        const proven = file && (await prove(attempt, type, file.digest, newest, checks[type], checks.consistency));
        if (proven?.ok === false) return stop(proven.refusal);
      }
      attempt.memory = { ...attempt.memory, checkpoint: newest.note };
    }
    attempt.documents = { ...attempt.documents, timestamp, snapshot, targets, policy, channel };
    attempt.memory = { ...attempt.memory, channel: attempt.device.channel };
    await saveTrustStore(attempt.device.directory, attempt.documents, attempt.memory);
    return goOn;
  },
});

/** Shows that the newest checkpoint extends the one that is remembered. A root that names another log was proven under the old one. */
async function extendRemembered(
  attempt: Attempt,
  newest: ClaimedCheckpoint,
  checks: readonly Check<ConsistencySubject>[],
): Promise<Outcome<unknown>> {
  const { memory, ledger } = attempt;
  if (memory.checkpoint === null) return accept(undefined);
  const before = claimedCheckpoint(memory.checkpoint, ledger);
  if (!before.ok) return before;
  return isOfLog(before.value, ledger) ? await extend(attempt, before.value, newest, checks) : accept(undefined);
}

async function prove(
  attempt: Attempt,
  type: EntryType & ("targets" | "channel"),
  digest: Digest,
  newest: ClaimedCheckpoint,
  logged: readonly Check<LoggedSubject>[],
  consistency: readonly Check<ConsistencySubject>[],
): Promise<Outcome<unknown>> {
  if (logged.length === 0) return { ok: true, value: undefined };
  const proof = await readProof(attempt.read, digest);
  if (!proof.ok) return attempt.note(stopped(proof.refusal));
  const included = attempt.note(judge({ candidate: { type, digest }, proof: proof.value, ledger: attempt.ledger }, logged));
  if (!included.ok) return included;
  const under = proofCheckpoint(proof.value, attempt.ledger);
  return under.ok ? extend(attempt, under.value, newest, consistency) : attempt.note(stopped(under.refusal));
}

/** Shows that two checkpoints, either of which may be the larger, are of one ledger. */
async function extend(
  attempt: Attempt,
  a: ClaimedCheckpoint,
  b: ClaimedCheckpoint,
  checks: readonly Check<ConsistencySubject>[],
): Promise<Outcome<unknown>> {
  const [older, newer] = a.checkpoint.size <= b.checkpoint.size ? [a.checkpoint, b.checkpoint] : [b.checkpoint, a.checkpoint];
  if (checks.length === 0 || older.size === 0) return { ok: true, value: undefined };
  const hashes = await consistencyProof(older.size, newer.size, async (path) => {
    const tile = await attempt.read(`log/${path}`, 16_384);
    return tile.ok ? tile.value : undefined;
  });
  if (!hashes.ok) return attempt.note(stopped(hashes.refusal));
  return attempt.note(judge({ candidate: { older, newer }, hashes: hashes.value }, checks));
}
