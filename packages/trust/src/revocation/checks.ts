// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "../check.ts";
import type { Digest } from "../digest.ts";
import type { Envelope } from "../envelope.ts";
import { type ClaimedCheckpoint, cosignedCheck, type LedgerTrust, witnessedTime } from "../ledger/checkpoint.ts";
import { dutyKeyOf, type Policy, principalOf } from "../policy/policy.ts";
import { ownersOf, signersOf } from "../quorum.ts";
import { refuse } from "../refusal.ts";
import type { Entry } from "../release/head.ts";
import type { Order } from "../release/order.ts";
import type { Statement } from "../release/statement.ts";
import { type Built, deniableNames, denialOf, orderNames } from "./deniable.ts";
import type { Denial, RevocationList } from "./list.ts";

/** One revoker's list under judgement (gate 6). One that fails is ignored and said; gate 9 notices if too few are left. */
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
      const key = keyid === undefined ? undefined : dutyKeyOf(policy, keyid);
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

/** How far a revoker's lists are known: the newest ever verified. */
export interface KnownList {
  readonly version: number;
  /** Witnessed, Unix seconds. */
  readonly time: number;
}

/** A list that was served and verified in this look. */
export type ServedList = Pick<RevocationList, "version" | "seen">;

/** How recent and complete the revokers' lists are. */
export interface HeardSubject {
  /** A release, or the policy that asks where none is judged. */
  readonly candidate: unknown;
  readonly policy: Policy;
  /**
   * What age is judged by, Unix seconds: on a device the larger of witnessed time and its clock, so that whoever keeps checkpoints back makes no list fresh, and
   * whoever sets the clock back neither.
   */
  readonly now: number;
  /** By the key of the revoker: a name that gets another key is another voice. */
  readonly known: Readonly<Record<string, KnownList>>;
  readonly served: Readonly<Record<string, ServedList>>;
  /** After it the lists must be dated; 0 where no release is judged. */
  readonly soakEnd: number;
  readonly freshRevokers: number;
  /** How old a list may be, in seconds. */
  readonly revocationSeconds: number;
}

/** A release against every denial that was ever verified, and against how recent and complete the lists are (gate 9). */
export interface DenialSubject extends HeardSubject, Built {
  readonly candidate: Entry<Statement>;
  /** Witnessed, Unix seconds: what holds end by. */
  readonly time: number;
  readonly denials: readonly Denial[];
  /** The denials that lift orders answered for this release. */
  readonly lifted: ReadonlySet<Digest>;
}

/** Whether those who may say no were heard. Of what already runs it is asked, too (gate 6): there it stops nothing, and is said. */
export const heardChecks: readonly Check<HeardSubject>[] = [
  {
    name: "revocations/fresh",
    source: "revocation lists dated after the soak ended, and recently",
    examine: ({ known, policy, soakEnd, freshRevokers, revocationSeconds, now }) => {
      const since = Math.max(soakEnd, now - revocationSeconds);
      const fresh = Object.entries(policy.revokers).filter(([, keyid]) => (known[keyid]?.time ?? 0) >= since);
      const owners = ownersOf(
        fresh.map(([, keyid]) => keyid),
        (keyid) => principalOf(policy, keyid),
      );
      return decide(
        owners.length >= freshRevokers,
        `${freshRevokers} revoker${freshRevokers === 1 ? "" : "s"} heard within ${revocationSeconds} s${soakEnd > 0 ? " and after the soak ended" : ""}`,
        fresh.map(([revoker, keyid]) => `${revoker}, ${now - (known[keyid]?.time ?? 0)} s ago`).join("; ") || "none",
        "revocations-stale",
        "Somebody may have said no and not been heard. Wait for the revokers' next lists, or use another mirror.",
      );
    },
  },
  {
    name: "revocations/complete",
    source: "who serves one revoker's list serves all that are known beside it, and none that is older",
    examine: ({ known, served, policy, freshRevokers }) => {
      const seen = Object.values(policy.revokers).map((keyid) => served[keyid]?.seen ?? {});
      const wanted = (keyid: string): number => Math.max(known[keyid]?.version ?? 0, ...seen.map((versions) => versions[keyid] ?? 0));
      const shown = (keyid: string): number => served[keyid]?.version ?? 0;
      const missing = Object.entries(policy.revokers).filter(([, keyid]) => shown(keyid) < wanted(keyid));
      return decide(
        freshRevokers === 0 || missing.length === 0,
        "every list that was heard before or that another revoker had seen, in that version or a later one",
        missing.length === 0
          ? Object.entries(policy.revokers)
              .map(([revoker, keyid]) => `${revoker} ${shown(keyid)}`)
              .join(", ")
          : missing.map(([revoker, keyid]) => `${revoker} ${shown(keyid) || "not served"}; version ${wanted(keyid)} is known`).join(", "),
        "revocations-withheld",
        "Whoever serves these lists leaves one out, or an older one in. Use another mirror.",
      );
    },
  },
];

export const denialChecks: readonly Check<DenialSubject>[] = [
  ...heardChecks,
  {
    name: "revocations/none",
    source: "deny only: the union of all denials ever verified",
    examine: ({ candidate, denials, time, lifted, ...built }) => {
      const denial = denialOf(deniableNames(candidate, built), denials, time, lifted);
      return decide(
        denial === undefined,
        "no denial of this release, its build, builders or approvals",
        denial === undefined
          ? lifted.size > 0
            ? `none but ${lifted.size} that a lift answered`
            : "none"
          : `${denial.kind} ${denial.name.slice(0, 12)}: ${denial.reason}`,
        "revoked",
        "It was stopped on purpose. Stay on, or go back to, a release that was not.",
      );
    },
  },
];

/** An order under judgement, against every denial that was ever verified. */
export interface OrderDenialSubject {
  readonly candidate: Entry<Order>;
  readonly denials: readonly Denial[];
  readonly time: number;
}

/** No order is lifted: who ordered with a stolen key does not start anything by it once that is said. */
export const orderDenialCheck: Check<OrderDenialSubject> = {
  name: "order/not-denied",
  source: "deny only: the union of all denials ever verified",
  examine: ({ candidate, denials, time }) => {
    const denial = denialOf(orderNames(candidate), denials, time);
    return decide(
      denial === undefined,
      "no denial of this order or its approvals",
      denial === undefined ? "none" : `${denial.kind} ${denial.name.slice(0, 12)}: ${denial.reason}`,
      "revoked",
      "It was stopped on purpose. Order it again, with approvals that nobody denied.",
    );
  },
};

export function listTime(checkpoint: ClaimedCheckpoint, ledger: LedgerTrust): number {
  return witnessedTime(checkpoint, ledger.quorum);
}
