// SPDX-License-Identifier: Apache-2.0
import type { ProvenanceSubject } from "@countersign/trust/build/builder";
import { provenanceChecks } from "@countersign/trust/build/checks";
import { type Check, decide } from "@countersign/trust/check";
import { type ReadPastSubject, readPastCheck } from "@countersign/trust/readthrough/checks";
import { liftedDenials } from "@countersign/trust/release/choice";
import { approvalChecks, type EntrySubject, entryLoggedCheck, soakCheck, soakEnd } from "@countersign/trust/release/entry-checks";
import type { Entry } from "@countersign/trust/release/head";
import { narrows } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import { type DenialSubject, denialChecks } from "@countersign/trust/revocation/checks";
import { builtBy } from "@countersign/trust/revocation/deniable";
import { logChecks, numberCheck, recordChecks } from "./memory-checks.ts";
import { passkeyCheck } from "./passkey-check.ts";
import { fileChecks, headsCheck, renewalCheck } from "./request-checks.ts";
import type { RenewalSubject, SigningSubject } from "./subject.ts";
import { successionChecks } from "./succession-checks.ts";

/** A check of trust's, applied to its part of a request. Where a request has no such part, there is nothing to refuse. */
function over<S>(part: (subject: SigningSubject) => S | undefined): (check: Check<S>) => Check<SigningSubject> {
  return ({ name, source, examine }) => ({
    name,
    source,
    examine: (subject) => {
      const own = part(subject);
      return own === undefined ? { ok: true, value: { expected: "nothing, of an order like this", found: "nothing" } } : examine(own);
    },
  });
}

function entryPart({ added, view, rules, time, readThroughs }: SigningSubject): EntrySubject & ReadPastSubject {
  return { candidate: added, policy: view.policy, rules, ledger: view.ledger, time, readThroughs };
}

function provenancePart({ added, attestations, view, rules }: SigningSubject): ProvenanceSubject | undefined {
  return added.body._type === "release"
    ? { candidate: added.body, attestations, policy: view.policy, rules, ledger: view.ledger }
    : undefined;
}

function denialPart(subject: SigningSubject): DenialSubject | undefined {
  const { view, rules, time, attestations, revocations, candidate } = subject;
  const deniable = deniableOf(subject);
  if (deniable === undefined) return undefined;
  const named = attestations.filter(({ envelope }) => deniable.body.provenance.includes(envelope.digest));
  const halts = subject.added.body._type === "order" && narrows(subject.added.body);
  const end = soakEnd({ candidate: subject.added, rules, ledger: view.ledger });
  return {
    candidate: deniable,
    denials: revocations.denials,
    policy: view.policy,
    lifted: new Set(Object.values(candidate.heads).flatMap((head) => [...liftedDenials(head, deniable.digest)])),
    time,
    now: time,
    ...builtBy(named, [{ policy: view.policy, rules }]),
    known: revocations.lists,
    served: revocations.lists,
    revocationSeconds: rules.revocationSeconds,
    soakEnd: end.ok ? end.value : Number.POSITIVE_INFINITY,
    freshRevokers: halts ? 0 : rules.freshRevokers, // what stops something waits for nobody to say that nothing else was stopped
  };
}

/** What a denial could stop: a release; the release that an order leads to or hands out further, or the order's approvals; of what is lifted or slowed, these alone. */
function deniableOf({ added, release }: SigningSubject): Entry<Statement> | undefined {
  if (release === undefined || added.body._type === "release") return release;
  if (["recall", "widen", "resume"].includes(added.body.action))
    return { ...release, approvals: [...release.approvals, ...added.approvals] };
  return { ...release, digest: added.digest, body: { ...release.body, provenance: [] }, approvals: added.approvals };
}

const artifactsCheck: Check<SigningSubject> = {
  name: "artifacts/bytes",
  source: "what was approved is what is served",
  examine: ({ artifacts }) => {
    const wrong = artifacts.find(({ expected, found }) => found !== expected);
    return decide(
      wrong === undefined,
      artifacts.map(({ name, expected }) => `${name} ${expected.slice(0, 12)}`).join(", ") || "no artifacts",
      wrong === undefined ? "all hashed and equal" : `${wrong.name}: ${wrong.found?.slice(0, 12) ?? "no bytes of that length"}`,
      "artifact-differs",
      "Upload the artifact again; if it was there, find out who changed it.",
    );
  },
};

/**
 * All that a signer asks before it signs, in order: is it what I would have computed, may it follow what is published, did people want it, is
 * it public and for how long, was it built where it should, has nobody said no, and what have I signed before.
 */
export const signerChecks: readonly Check<SigningSubject>[] = [
  headsCheck,
  ...fileChecks,
  ...successionChecks,
  ...logChecks,
  ...approvalChecks.map(over(entryPart)),
  over(entryPart)(entryLoggedCheck),
  over(entryPart)(soakCheck),
  over(entryPart)(readPastCheck),
  ...provenanceChecks.map(over(provenancePart)),
  artifactsCheck,
  ...denialChecks.map(over(denialPart)),
  numberCheck,
  passkeyCheck,
  ...recordChecks,
];

/**
 * All that a signer asks before it signs a channel file again: is there a reason, is it the same file for longer, and what have I signed before. That its
 * releases may be there was asked when they came.
 */
export const renewalChecks: readonly Check<RenewalSubject>[] = [renewalCheck, ...fileChecks, ...logChecks, ...recordChecks];
