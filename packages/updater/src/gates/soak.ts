// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { liftedReleases } from "@countersign/trust/release/choice";
import { entryLoggedCheck, soakCheck } from "@countersign/trust/release/entry-checks";
import { denialChecks } from "@countersign/trust/revocation/checks";
import { type Gate, gate, goOn, stop } from "../gate.ts";
import { allDenials } from "../memory.ts";
import { entryContext } from "./head.ts";

/** Gate 9: the release has been public long enough, and whoever may say no was heard after that and did not. */
export const soakGate: Gate = gate({
  number: 9,
  name: "soak, and revocations newer than it",
  checks: { entry: [entryLoggedCheck, soakCheck], denial: denialChecks },
  async pass(attempt, checks) {
    const soaked = attempt.note(judge({ candidate: attempt.release, ...entryContext(attempt) }, checks.entry));
    if (!soaked.ok) return stop(soaked.refusal);
    const { time, listTimes } = attempt.memory;
    const subject = {
      candidate: attempt.release,
      denials: allDenials(attempt.memory),
      lifted: liftedReleases(attempt.head).has(attempt.release.digest),
      time,
      builders: [],
      listTimes,
      soakEnd: attempt.found.soakEnd ?? Number.POSITIVE_INFINITY,
      freshRevokers: attempt.rules.freshRevokers,
      revocationSeconds: attempt.rules.revocationSeconds,
    };
    const allowed = attempt.note(judge(subject, checks.denial));
    return allowed.ok ? goOn : stop(allowed.refusal);
  },
});
