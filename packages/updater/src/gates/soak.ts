// SPDX-License-Identifier: Apache-2.0
import type { Check } from "@countersign/trust/check";
import { type ReadPastSubject, readPastCheck, readThroughChecks } from "@countersign/trust/readthrough/checks";
import { liftedDenials } from "@countersign/trust/release/choice";
import { type EntrySubject, entryLoggedCheck, soakCheck } from "@countersign/trust/release/entry-checks";
import { denialChecks } from "@countersign/trust/revocation/checks";
import { unread } from "@countersign/trust/revocation/deniable";
import { type Gate, gate, goOn, stop } from "../gate.ts";
import { allDenials } from "../memory.ts";
import { hearMonitors } from "../monitors.ts";
import { consistentCheck, provenInOneLedger } from "../one-ledger.ts";
import { judgeUnderEach } from "../under-policies.ts";

const soakChecks: readonly Check<EntrySubject & ReadPastSubject>[] = [entryLoggedCheck, soakCheck, readPastCheck];

/**
 * Gate 9: the release has been public long enough, in the ledger that this device follows; a monitor has read it there, where one must; and whoever may say no was
 * heard after that and did not.
 */
export const soakGate: Gate = gate({
  number: 9,
  name: "soak, read-through, and revocations newer than it",
  checks: {
    readThrough: readThroughChecks,
    readOf: [consistentCheck("readthrough")],
    entry: soakChecks,
    consistency: [consistentCheck("entry")],
    denial: denialChecks,
  },
  async pass(attempt, checks) {
    const { release: candidate, memory, found } = attempt;
    const heard = await hearMonitors(attempt, checks.readThrough, checks.readOf);
    const soaked = judgeUnderEach(
      attempt,
      (context) => ({ candidate, ...context, readThroughs: heard.get(context.policy) ?? [] }),
      checks.entry,
    );
    if (!soaked.ok) return stop(soaked.refusal);
    const ofThis = await provenInOneLedger(attempt, candidate.proof, checks.consistency);
    if (!ofThis.ok) return stop(ofThis.refusal);
    const known = {
      denials: allDenials(memory),
      lifted: liftedDenials(attempt.head, candidate.digest),
      ...unread,
      known: memory.lists,
      served: found.served ?? {},
      soakEnd: found.soakEnd ?? Number.POSITIVE_INFINITY,
    };
    const allowed = judgeUnderEach(
      attempt,
      ({ policy, time, rules: { freshRevokers, revocationSeconds } }) => ({
        candidate,
        ...known,
        policy,
        time,
        now: attempt.nowSeconds,
        freshRevokers,
        revocationSeconds,
      }),
      checks.denial,
    );
    return allowed.ok ? goOn : stop(allowed.refusal);
  },
});
