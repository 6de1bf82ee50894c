// SPDX-License-Identifier: Apache-2.0
import { topAuthority } from "@countersign/trust/anchor/root";
import { snapshotChecks } from "@countersign/trust/anchor/snapshot";
import { accept } from "@countersign/trust/refusal";
import { snapshot } from "@countersign/trust/tuf/snapshot";
import { nextListedRole } from "@countersign/trust/workflow/listed-role";
import { type Gate, gate, goOn, stop } from "../gate.ts";

/** Gate 3: which version of each role belongs together (TUF 5.5). */
export const snapshotGate: Gate = gate({
  number: 3,
  name: "snapshot",
  checks: { role: snapshotChecks },
  async pass(attempt, checks) {
    const root = attempt.documents.root.signed;
    const step = await nextListedRole(
      {
        role: "snapshot",
        decoder: snapshot,
        authority: topAuthority(root, "snapshot"),
        ownerOf: (keyid) => root.countersign.owners[keyid],
        stored: attempt.documents.snapshot,
        entry: accept(attempt.found.timestamp?.signed.meta["snapshot.json"]),
        now: attempt.now,
      },
      attempt.read,
      checks.role,
    );
    const listing = attempt.note(step);
    if (!listing.ok) return stop(listing.refusal);
    attempt.found.snapshot = listing.value;
    return goOn;
  },
});
