// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { newestRootChecks } from "@countersign/trust/tuf/root";
import { nextRoots, rootChainChecks } from "@countersign/trust/workflow/roots";
import type { Attempt } from "../attempt.ts";
import { type Gate, gate, goOn, stop } from "../gate.ts";
import { saveTrustStore } from "../trust-store.ts";

/** Gate 1: from the root that is trusted to the newest one, each agreed on by the one before and proven in the ledger (TUF 5.3). */
export const rootGate: Gate = gate({
  number: 1,
  name: "root chain",
  checks: { chain: rootChainChecks, newest: newestRootChecks },
  async pass(attempt: Attempt, checks) {
    const chain = attempt.note(await nextRoots(attempt.documents.root, attempt.read, checks.chain));
    if (!chain.ok) return stop(chain.refusal);
    for (const root of chain.value) {
      attempt.documents = { ...attempt.documents, root };
      await saveTrustStore(attempt.device.directory, { root }, attempt.memory);
    }
    const { verdicts, outcome } = judge({ candidate: attempt.documents.root, now: attempt.now }, checks.newest);
    const newest = attempt.note({ verdicts, outcome });
    return newest.ok ? goOn : stop(newest.refusal);
  },
});
