// SPDX-License-Identifier: Apache-2.0
import { canonicalDigest } from "@countersign/trust/canonical";
import { type Check, decide } from "@countersign/trust/check";
import type { Envelope } from "@countersign/trust/envelope";
import type { LedgerTrust } from "@countersign/trust/ledger/checkpoint";
import { loggedCheck } from "@countersign/trust/ledger/inclusion";
import { dutyKeyOf, type Policy } from "@countersign/trust/policy/policy";
import { signersOf } from "@countersign/trust/quorum";
import type { Denial } from "@countersign/trust/revocation/list";
import type { BrakeRequest } from "./brake-request.ts";
import { boundsChecks, type DenialInList, revokerCheck } from "./request-checks.ts";

/** A brake lapses, and a person decides before it does. */
export const LONGEST_BRAKE_SECONDS: number = 72 * 3600;

/** A request for a brake under judgement. */
export interface BrakeSubject extends DenialInList {
  readonly candidate: Envelope<BrakeRequest>;
  readonly revoker: string;
  readonly policy: Policy;
  readonly ledger: LedgerTrust;
}

/** The hold that a request asks for. `time` is witnessed; `now` Unix seconds by the revoker's own clock. */
export function holdOf({ release, asker, seconds, reason }: BrakeRequest, time: number, now: number): Denial {
  return { kind: "release", name: canonicalDigest(release), since: now, until: time + seconds, reason, brake: asker };
}

export const brakeChecks: readonly Check<BrakeSubject>[] = [
  {
    name: "brake/asker",
    source: "the policy names who may ask for a brake",
    examine: ({ candidate, policy }) => {
      const { asker } = candidate.signed;
      const keyid = policy.brakes?.[asker] ?? "";
      const key = dutyKeyOf(policy, keyid);
      const signed = key !== undefined && signersOf(candidate, { keys: { [keyid]: key }, keyids: [keyid], threshold: 1 }).length === 1;
      return decide(
        signed,
        "a signature by an observer of the policy's brakes, under its own name",
        signed ? asker : `none of ${asker}`,
        "asker-not-known",
        "Sign it with the key that the policy names for this observer, or have a person revoke: countersign revoke",
      );
    },
  },
  revokerCheck,
  {
    name: "brake/threshold",
    source: "above a threshold set in policy",
    examine: ({ candidate: { signed }, policy }) => {
      const least = policy.channels[signed.release.channel]?.brakeBits;
      return decide(
        least !== undefined && signed.bits >= least,
        least === undefined ? `a channel with a brake, not ${signed.release.channel}` : `${least} bits or more`,
        `${signed.bits} bits`,
        "brake-not-due",
        "A person can revoke it all the same: countersign revoke",
      );
    },
  },
  {
    name: "brake/logged",
    source: "a release that is soaking or has soaked: its entry is in the ledger",
    examine: ({ candidate: { signed }, ledger }) =>
      loggedCheck("brake").examine({
        candidate: { type: "release", digest: canonicalDigest(signed.release), approvals: signed.approvals },
        proof: signed.proof,
        ledger,
      }),
  },
  {
    name: "brake/length",
    source: "a brake lapses after 72 hours",
    examine: ({ candidate: { signed } }) =>
      decide(
        signed.seconds <= LONGEST_BRAKE_SECONDS,
        `a hold of at most ${LONGEST_BRAKE_SECONDS} s`,
        `${signed.seconds} s`,
        "brake-too-long",
        "Ask for 72 hours or less; who wants more is a person: countersign brake confirm",
      ),
  },
  {
    name: "brake/once",
    source: "no observer holds a release for ever, 72 hours at a time",
    examine: ({ candidate: { signed }, denial, denials }) => {
      const before = denials.find(({ brake, name }) => brake === signed.asker && name === denial.name);
      return decide(
        before === undefined,
        `the first brake of ${signed.asker} on this release`,
        before === undefined ? "the first" : `one until ${before.until}`,
        "brake-asked-already",
        "Let a person decide: countersign brake status",
      );
    },
  },
  ...boundsChecks,
];
