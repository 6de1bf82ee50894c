// SPDX-License-Identifier: Apache-2.0
import { type Checkpoint, parseCheckpoint } from "@countersign/tlog/checkpoint";
import { parseCosignature } from "@countersign/tlog/cosignature";
import { equalBytes } from "@countersign/tlog/hash";
import { parseNote } from "@countersign/tlog/note";
import { type LogTrust, logOf, verifyCheckpoint, verifyCosigned } from "@countersign/tlog/quorum";
import type { Root } from "../anchor/root.ts";
import { type Check, decide } from "../check.ts";
import { accept, type Outcome } from "../refusal.ts";

/** Whose log, and who must have witnessed it: from the root, which the policy cannot change. */
export type LedgerTrust = LogTrust;

export function ledgerTrust(root: Root): LedgerTrust {
  const { log, witnesses, witnessQuorum, formerLogs = [] } = root.countersign;
  const former = formerLogs.map(({ origin, vkey, final, ...by }) => ({
    ...{ origin, log: vkey, witnesses: by.witnesses, quorum: by.witnessQuorum },
    final: { origin, ...final },
  }));
  return { origin: log.origin, log: log.vkey, witnesses, quorum: witnessQuorum, former };
}

/**
 * A checkpoint as a note says it, with the newest time that each known witness of its log claims (Unix seconds, newest first). Not verified;
 * where it is, these are the times that were.
 */
export interface ClaimedCheckpoint {
  readonly note: string;
  readonly checkpoint: Checkpoint;
  readonly times: readonly number[];
}

export function claimedCheckpoint(note: string, ledger: LedgerTrust): Outcome<ClaimedCheckpoint> {
  const parsed = parseNote(new TextEncoder().encode(note));
  if (!parsed.ok) return parsed;
  const checkpoint = parseCheckpoint(parsed.value.text);
  if (!checkpoint.ok) return checkpoint;
  const times = new Map<string, number>(); // by public key, as `verifyCosigned` counts: key identifiers are short enough to collide
  for (const { name, keyId, publicKey, type } of logOf(checkpoint.value.origin, ledger).witnesses) {
    const own = parsed.value.signatures.filter((signature) => signature.name === name && signature.keyId === keyId);
    const claimed = own.map(({ payload }) => parseCosignature(payload, type)?.time ?? 0).filter((time) => time > 0 && time <= lastSecond);
    if (claimed.length > 0) times.set(publicKey.join(), Math.max(...claimed));
  }
  return accept({ note, checkpoint: checkpoint.value, times: [...times.values()].sort((a, b) => b - a) });
}

/** 9999-12-31T23:59:59Z, the last second that a TUF date can name. A later time, like time 0, says nothing. */
const lastSecond = 253_402_300_799;

/** Witnessed time: the `quorum`-th newest cosignature, so that fewer than a quorum of witnesses cannot move it forward. Unix seconds. */
export function witnessedTime({ times }: ClaimedCheckpoint, quorum: number): number {
  return times[quorum - 1] ?? 0;
}

/**
 * When an entry was surely in the log: the `quorum`-th oldest cosignature over a tree that holds it, so that fewer than a quorum
 * of witnesses cannot backdate it. Unix seconds; infinite where too few cosigned.
 */
export function inclusionTime({ times }: ClaimedCheckpoint, quorum: number): number {
  return times[times.length - quorum] ?? Number.POSITIVE_INFINITY;
}

/** The last tree of the log that a checkpoint says it is of, where that log is over. */
export function finalOf({ origin }: Checkpoint, ledger: LedgerTrust): Checkpoint | undefined {
  const log = logOf(origin, ledger);
  return "final" in log ? log.final : undefined;
}

/**
 * Whether a checkpoint is of this log: of its origin, and signed by its key. A root may name a new log under an old name, and what was seen of the old one
 * is then no measure of it.
 */
export function isOfLog({ note }: ClaimedCheckpoint, { origin, log }: LedgerTrust): boolean {
  return verifyCheckpoint(new TextEncoder().encode(note), origin, log).ok;
}

export interface CheckpointSubject {
  readonly candidate: ClaimedCheckpoint;
  readonly ledger: LedgerTrust;
  /** The largest checkpoint of this log that was verified before, if any (`isOfLog`). */
  readonly remembered: Checkpoint | undefined;
}

/** The log signed it and a quorum of witnesses cosigned it. `prefix` names the document that carries the note. */
export function cosignedCheck(prefix: string): Check<Pick<CheckpointSubject, "candidate" | "ledger">> {
  return {
    name: `${prefix}/cosigned`,
    source: "C2SP tlog-cosignature, witness quorum of root",
    examine: ({ candidate, ledger }) => {
      const verified = verifyCosigned(new TextEncoder().encode(candidate.note), ledger);
      if (!verified.ok) return verified;
      const { times, checkpoint } = verified.value;
      return accept({
        expected: `the log and ${ledger.quorum} of ${ledger.witnesses.length} witnesses`,
        found: `${times.length} witnesses at size ${checkpoint.size}`,
      });
    },
  };
}

/**
 * What is remembered of a log is never taken back. It is remembered of that log: where root names another one, what was seen of the old one says nothing
 * of it. A root that does so was proven under the old log before it was trusted.
 */
export function ledgerSizeCheck(prefix: string): Check<CheckpointSubject> {
  return {
    name: `${prefix}/ledger-size`,
    source: "checkpoint sizes never shrink; equal sizes have equal roots",
    examine: ({ candidate: { checkpoint }, ledger, remembered: seen }) => {
      const remembered = seen?.origin === ledger.origin ? seen : undefined;
      return decide(
        remembered === undefined ||
          checkpoint.size > remembered.size ||
          (checkpoint.size === remembered.size && equalBytes(checkpoint.root, remembered.root)),
        `size ${remembered?.size ?? 0} or larger`,
        `size ${checkpoint.size}${checkpoint.size === remembered?.size ? ", root compared" : ""}`,
        checkpoint.size === remembered?.size ? "ledger-forked" : "ledger-rolled-back",
        "The ledger shown is older than, or another than, the one seen before. Keep both checkpoints as evidence and use another mirror.",
      );
    },
  };
}
