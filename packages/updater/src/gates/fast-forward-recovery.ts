// SPDX-License-Identifier: Apache-2.0
import { accept } from "@countersign/trust/refusal";
import { onlineKeysReplaced, stillStand } from "@countersign/trust/tuf/recovery";
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
    if (stillStand(root.signed, { timestamp, snapshot })) return goOn;
    await forgetOnlineDocuments(attempt.device.directory);
    attempt.documents = { ...attempt.documents, timestamp: undefined, snapshot: undefined };
    attempt.note({ verdicts: [onlineKeysReplaced], outcome: accept(undefined) });
    return goOn;
  },
});
