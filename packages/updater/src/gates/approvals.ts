// SPDX-License-Identifier: Apache-2.0
import { approvalChecks } from "@countersign/trust/release/entry-checks";
import { type Gate, gate, goOn, stop } from "../gate.ts";
import { judgeUnderEach } from "../under-policies.ts";

/** Gate 11: enough people, none of them the proposer, signed exactly this release digest. */
export const approvalsGate: Gate = gate({
  number: 11,
  name: "approvals",
  checks: { approvals: approvalChecks },
  async pass(attempt, checks) {
    const { release: candidate } = attempt;
    const approved = judgeUnderEach(attempt, (context) => ({ candidate, ...context }), checks.approvals);
    return approved.ok ? goOn : stop(approved.refusal);
  },
});
