// SPDX-License-Identifier: Apache-2.0
import { signersOf } from "@countersign/trust/quorum";
import { accept } from "@countersign/trust/refusal";
import { topAuthority } from "@countersign/trust/tuf/root";
import { type Gate, gate, goOn } from "../gate.ts";
import { forgetOnlineDocuments } from "../trust-store.ts";

/**
 * Still gate 1 (TUF 5.3.11): versions signed by keys that the root no longer trusts do not count. Whoever stole them may have
 * raised the versions so far that no honest file would ever be accepted again.
 */
export const fastForwardRecoveryGate: Gate = gate({
  number: 1,
  name: "recovery from a fast-forward",
  checks: {},
  async pass(attempt) {
    const { root, timestamp, snapshot } = attempt.documents;
    const trusted =
      (timestamp === undefined || signersOf(timestamp, topAuthority(root.signed, "timestamp")).length > 0) &&
      (snapshot === undefined || signersOf(snapshot, topAuthority(root.signed, "snapshot")).length > 0);
    if (trusted) return goOn;
    await forgetOnlineDocuments(attempt.device.directory);
    attempt.documents = { ...attempt.documents, timestamp: undefined, snapshot: undefined };
    const said = { expected: "versions signed by keys that root still trusts", found: "keys were replaced; their versions are forgotten" };
    attempt.note({ verdicts: [{ check: "root/online-keys-replaced", source: "TUF 5.3.11", ...said }], outcome: accept(undefined) });
    return goOn;
  },
});
