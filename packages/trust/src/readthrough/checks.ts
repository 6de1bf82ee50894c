// SPDX-License-Identifier: Apache-2.0
import { parseCosignature, verifyCosignature } from "@countersign/tlog/cosignature";
import { equalBytes } from "@countersign/tlog/hash";
import { parseNote } from "@countersign/tlog/note";
import { parseTlogProof } from "@countersign/tlog/proof";
import type { Vkey } from "@countersign/tlog/vkey";
import { type Check, decide } from "../check.ts";
import { cosignedCheck, type LedgerTrust } from "../ledger/checkpoint.ts";
import { type ChannelRules, type Policy, principalOf } from "../policy/policy.ts";
import { ownersOf } from "../quorum.ts";
import type { Entry } from "../release/head.ts";
import { narrows, type Order } from "../release/order.ts";
import type { Statement } from "../release/statement.ts";
import { monitorKey, type ReadThrough } from "./read-through.ts";

/** One monitor's read-through under judgement. One that fails is as good as none. */
export interface ReadThroughSubject {
  readonly candidate: ReadThrough;
  readonly policy: Policy;
  readonly ledger: LedgerTrust;
}

export const readThroughChecks: readonly Check<ReadThroughSubject>[] = [
  {
    name: "readthrough/cosigned",
    source: "C2SP tlog-cosignature, witness quorum of root: the monitor read the ledger that everybody sees",
    examine: ({ candidate, ledger }) => cosignedCheck("readthrough").examine({ candidate: candidate.checkpoint, ledger }),
  },
  {
    name: "readthrough/monitor",
    source: "C2SP tlog-cosignature by the monitor's own key, which is no witness's: a witness has read nothing",
    examine: ({ candidate: { monitor, checkpoint }, policy, ledger }) => {
      const key = monitorKey(policy, monitor);
      const apart = key !== undefined && ![ledger.log, ...ledger.witnesses].some(({ publicKey }) => equalBytes(publicKey, key.publicKey));
      const time = apart ? cosignedAt(checkpoint.note, key) : 0;
      return decide(
        time > 0,
        `a cosignature by monitor ${monitor}, with a key of its own`,
        time > 0
          ? `size ${checkpoint.checkpoint.size}, at ${time}`
          : apart
            ? "none that verifies"
            : "no such monitor, or a key of the ledger's",
        "monitor-not-trusted",
        "This is not a trusted monitor's word; wait for one that the policy names.",
      );
    },
  },
];

/** When this key cosigned a note, Unix seconds: 0 where it did not, or where one signature of its name does not verify. */
function cosignedAt(text: string, key: Vkey): number {
  const note = parseNote(new TextEncoder().encode(text));
  if (!note.ok) return 0;
  const times = note.value.signatures
    .filter(({ name, keyId }) => name === key.name && keyId === key.keyId)
    .map(({ payload }) => {
      const cosignature = parseCosignature(payload, key.type);
      return cosignature !== undefined && verifyCosignature(key, cosignature, note.value.textBytes) ? cosignature.time : 0;
    });
  return times.length === 0 ? 0 : Math.min(...times);
}

/** A release or an order against what monitors have read (gate 9). */
export interface ReadPastSubject {
  readonly candidate: Entry<Statement> | Entry<Order>;
  readonly policy: Policy;
  readonly rules: ChannelRules;
  /** Those that passed `readThroughChecks`. */
  readonly readThroughs: readonly ReadThrough[];
}

/** Whoever watches has read the release entry, and all before it. What only narrows waits for nobody. */
export const readPastCheck: Check<ReadPastSubject> = {
  name: "soak/read-past",
  source: "monitors of different owners have read past the release entry",
  examine: ({ candidate, policy, rules, readThroughs }) => {
    const proof = parseTlogProof(candidate.proof);
    if (!proof.ok) return proof;
    const { index, note } = proof.value;
    const origin = note.slice(0, note.indexOf("\n"));
    // a monitor says nothing of a log before it has read those that went before it to their ends
    const past = readThroughs.filter(({ checkpoint: { checkpoint } }) => checkpoint.origin !== origin || checkpoint.size > index);
    const owners = ownersOf(
      past.map(({ monitor }) => policy.monitors[monitor] ?? ""),
      (keyid) => principalOf(policy, keyid),
    );
    const needed = candidate.body._type === "order" && narrows(candidate.body) ? 0 : rules.readThrough;
    return decide(
      owners.length >= needed,
      needed === 0 ? "no monitor, in this channel" : `${needed} monitor${needed === 1 ? "" : "s"} past entry ${index}`,
      past.map(({ monitor, checkpoint }) => `${monitor} at ${checkpoint.checkpoint.size}`).join(", ") || "none",
      "not-read-past",
      "Wait for the monitors; one that does not go on has found something or has stopped: ask its owner.",
    );
  },
};
