// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "../check.ts";
import type { Envelope } from "../envelope.ts";
import { type ClaimedCheckpoint, cosignedCheck, type LedgerTrust, witnessedTime } from "../ledger/checkpoint.ts";
import type { Policy } from "../policy/policy.ts";
import { signersOf } from "../quorum.ts";
import { refuse } from "../refusal.ts";
import type { Entry } from "../release/head.ts";
import type { Statement } from "../release/statement.ts";
import { type Denial, denialOf, type RevocationList } from "./list.ts";

/** One revoker's list under judgement (gate 6). One that fails is ignored and said; freshness at gate 9 notices if too few are left. */
export interface ListSubject {
  readonly candidate: Envelope<RevocationList>;
  readonly policy: Policy;
  readonly ledger: LedgerTrust;
  /** The checkpoint that the list carries, as it claims. */
  readonly checkpoint: ClaimedCheckpoint;
}

export const listChecks: readonly Check<ListSubject>[] = [
  {
    name: "revocations/signature",
    source: "every revoker its own list",
    examine: ({ candidate, policy }) => {
      const keyid = policy.revokers[candidate.signed.revoker];
      const key = keyid === undefined ? undefined : policy.holders[keyid]?.key;
      const signed =
        keyid !== undefined &&
        key !== undefined &&
        signersOf(candidate, { keys: { [keyid]: key }, keyids: [keyid], threshold: 1 }).length === 1;
      return decide(
        signed,
        `signed by the key of revoker ${candidate.signed.revoker}`,
        signed ? `version ${candidate.signed.version}, ${candidate.signed.denials.length} denials` : "no such signature",
        "revoker-not-trusted",
        "This list is not a trusted revoker's; what it names is not revoked by it.",
      );
    },
  },
  {
    name: "revocations/dated",
    source: "a list is as old as the checkpoint that it carries",
    examine: ({ candidate, checkpoint, ledger }) =>
      checkpoint.note === candidate.signed.checkpoint
        ? cosignedCheck("revocations").examine({ candidate: checkpoint, ledger })
        : refuse(
            "list-dated-by-another",
            "the checkpoint in the list",
            "another one",
            "Date a list by the checkpoint that its revoker signed.",
          ),
  },
];

/** A release against every denial that was ever verified, and against how recent the lists are (gate 9). */
export interface DenialSubject {
  readonly candidate: Entry<Statement>;
  readonly denials: readonly Denial[];
  readonly lifted: boolean;
  readonly time: number;
  readonly builders: readonly string[];
  /** Verified lists' witnessed times, by revoker. Unix seconds. */
  readonly listTimes: Readonly<Record<string, number>>;
  readonly soakEnd: number;
  readonly freshRevokers: number;
  /** How old a list may be, in seconds of witnessed time. */
  readonly revocationSeconds: number;
}

export const denialChecks: readonly Check<DenialSubject>[] = [
  {
    name: "revocations/fresh",
    source: "revocation lists dated after the soak ended, and recently",
    examine: ({ listTimes, soakEnd, freshRevokers, revocationSeconds, time: now }) => {
      const since = Math.max(soakEnd, now - revocationSeconds);
      const fresh = Object.entries(listTimes).filter(([, time]) => time >= since);
      return decide(
        fresh.length >= freshRevokers,
        `${freshRevokers} revoker${freshRevokers === 1 ? "" : "s"} heard after the soak ended and within ${revocationSeconds} s`,
        fresh.map(([revoker, time]) => `${revoker}, ${time - soakEnd} s after the soak`).join("; ") || "none",
        "revocations-stale",
        "Somebody may have said no and not been heard. Wait for the revokers' next lists, or use another mirror.",
      );
    },
  },
  {
    name: "revocations/none",
    source: "deny only: the union of all denials ever verified",
    examine: ({ candidate, denials, time, builders, lifted }) => {
      const denial = lifted ? undefined : denialOf(candidate, denials, time, builders);
      return decide(
        denial === undefined,
        "no denial of this release, its build, builders or approvals",
        denial === undefined ? (lifted ? "lifted by an order" : "none") : `${denial.kind} ${denial.name.slice(0, 12)}: ${denial.reason}`,
        "revoked",
        "It was stopped on purpose. Stay on, or go back to, a release that was not.",
      );
    },
  },
];

export function listTime(checkpoint: ClaimedCheckpoint, ledger: LedgerTrust): number {
  return witnessedTime(checkpoint, ledger.quorum);
}
