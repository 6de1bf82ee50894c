// SPDX-License-Identifier: Apache-2.0
import { openKey } from "@countersign/custody/place";
import { verifyCosigned } from "@countersign/tlog/quorum";
import { accept, type Outcome } from "@countersign/tlog/refusal";
import { type NoteSigner, rawPublicKey } from "@countersign/tlog/signer";
import { keyIdOf } from "@countersign/tlog/vkey";
import type { Config } from "./config.ts";
import { Ledger, type LedgerParts } from "./ledger.ts";
import { logFiles } from "./log-files.ts";
import { resumeHead } from "./rollback.ts";
import { type Head, LedgerState } from "./state.ts";
import { Witnesses } from "./witnesses.ts";

/** A ledger with what it is made of, for whoever measures the parts. */
export interface OpenLedger {
  readonly ledger: Ledger;
  readonly parts: LedgerParts;
  readonly head: Head;
}

/** Opens a ledger on its state and files, and on no older copy of either: refused where `resumeHead` refuses. */
export async function openLedger(config: Omit<Config, "port" | "batchMilliseconds">): Promise<Outcome<OpenLedger>> {
  const { origin, quorum, heartbeatMilliseconds } = config;
  const key = await openKey(config.key);
  const publicKey = rawPublicKey(key.publicKey);
  const signer: NoteSigner = { name: origin, type: 1, publicKey, sign: (message) => key.sign(message) };
  const log = { name: origin, type: 1 as const, publicKey, keyId: keyIdOf(origin, 1, publicKey) };
  const trust = { origin, log, witnesses: config.witnesses.map(({ vkey }) => vkey), quorum };

  const state = new LedgerState(config.state);
  const files = logFiles(config.store);
  const head = await resumeHead(state, files, signer, log, config.witnesses);
  if (!head.ok) return head;

  const note = await files.read("checkpoint");
  const published = note === undefined ? undefined : verifyCosigned(note, trust); // a quorum that was raised since is asked anew
  const witnesses = new Witnesses(config.witnesses, trust, files.read);
  const parts = { state, files, signer, witnesses, trust, heartbeatMilliseconds };
  return accept({ ledger: new Ledger(parts, head.value, published?.ok ? published.value : undefined), parts, head: head.value });
}
