// SPDX-License-Identifier: Apache-2.0
import type { EntryType } from "@countersign/tlog/entry";
import { type Check, judge } from "@countersign/trust/check";
import type { Digest } from "@countersign/trust/digest";
import { type ClaimedCheckpoint, witnessedTime } from "@countersign/trust/ledger/checkpoint";
import { type LoggedSubject, loggedCheck } from "@countersign/trust/ledger/inclusion";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { type BundleSubject, bundleAgeCheck } from "@countersign/trust/release/bundle-age";
import { readProof, stopped } from "@countersign/trust/workflow/step";
import type { Attempt } from "../attempt.ts";
import { type Gate, gate, goOn, stop } from "../gate.ts";
import { type ConsistencySubject, consistentCheck, ofOneLedger, provenInOneLedger, seenOf } from "../one-ledger.ts";
import { saveTrustStore } from "../trust-store.ts";
import { judgeUnderEach } from "../under-policies.ts";

/**
 * Gate 7: the files that decide what is installed were signed in public. From here on the device remembers what it has verified. Where none of them
 * is new nothing is to be proven, and so nothing is read: the next one that is will be shown to stand in a ledger that extends what is remembered.
 */
export const ledgerGate: Gate = gate({
  number: 7,
  name: "ledger proofs and witnesses",
  checks: {
    bundle: [bundleAgeCheck],
    targets: [loggedCheck("targets")],
    channel: [loggedCheck("channel")],
    consistency: [consistentCheck("ledger")],
  },
  async pass(attempt, checks) {
    const fresh = attempt.bundled ? bundleStillGood(attempt, checks.bundle) : accept(undefined);
    if (!fresh.ok) return stop(fresh.refusal);
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
        const proven = file && (await prove(attempt, type, file.digest, checks[type], checks.consistency));
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

function bundleStillGood(attempt: Attempt, checks: readonly Check<BundleSubject>[]): Outcome<unknown> {
  const witnessed = witnessedTime(attempt.checkpoint, attempt.ledger.quorum);
  const now = Math.floor(attempt.latest / 1000);
  return judgeUnderEach(attempt, ({ rules: { bundleSeconds } }) => ({ candidate: { witnessed }, now, bundleSeconds }), checks);
}

/**
 * Shows that the newest checkpoint extends what this device has seen: the one that was proven last, and the one of the last timestamp, which nothing new was proven
 * under. Of a log that is over, that it is what root pins: a root that names another log was proven under the old one.
 */
async function extendRemembered(
  attempt: Attempt,
  newest: ClaimedCheckpoint,
  checks: readonly Check<ConsistencySubject>[],
): Promise<Outcome<unknown>> {
  for (const before of seenOf(attempt)) {
    const grown = await ofOneLedger(attempt, before, newest, checks);
    if (!grown.ok) return grown;
  }
  return accept(undefined);
}

async function prove(
  attempt: Attempt,
  type: EntryType & ("targets" | "channel"),
  digest: Digest,
  logged: readonly Check<LoggedSubject>[],
  consistency: readonly Check<ConsistencySubject>[],
): Promise<Outcome<unknown>> {
  if (logged.length === 0) return { ok: true, value: undefined };
  const proof = await readProof(attempt.read, digest);
  if (!proof.ok) return attempt.note(stopped(proof.refusal));
  const included = attempt.note(judge({ candidate: { type, digest }, proof: proof.value, ledger: attempt.ledger }, logged));
  if (!included.ok) return included;
  return provenInOneLedger(attempt, proof.value, consistency);
}
