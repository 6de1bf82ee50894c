// SPDX-License-Identifier: Apache-2.0
import { logEvent } from "@countersign/daemon/event";
import type { LedgerClient } from "@countersign/repository/ledger-client";
import { readFrom } from "@countersign/repository/read-from";
import type { Store } from "@countersign/repository/store";
import { root, rootChecks } from "@countersign/trust/anchor/root";
import { judge } from "@countersign/trust/check";
import { readEnvelope } from "@countersign/trust/envelope";
import { ledgerTrust } from "@countersign/trust/ledger/checkpoint";
import { defaultLimits } from "@countersign/trust/limits";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { proveOnce } from "./prove.ts";

/**
 * Logs every root that the owners stored, each under the log and the witnesses of the root before it: that is where devices look for its proof, also
 * where the new one names others. A root that its predecessor does not accept is logged nowhere, and whoever reads it refuses it. The first root follows
 * none, and is logged under its own.
 */
export async function proveRoots(anchor: Uint8Array, ledger: LedgerClient, store: Store): Promise<Outcome<void>> {
  const embedded = readEnvelope(root, anchor, "embedded root");
  if (!embedded.ok) return embedded;
  let trusted = embedded.value;
  if (trusted.signed.version === 1) {
    const proven = await proveOnce({ type: "root", digest: trusted.digest }, ledger, ledgerTrust(trusted.signed), store);
    if (!proven.ok) logEvent("publish", "first-root-not-proven", { ...proven.refusal }); // once its log is replaced: nobody asks for it
  }
  for (;;) {
    const path = `metadata/${trusted.signed.version + 1}.root.json`;
    const bytes = await readFrom(store)(path, defaultLimits.rootBytes);
    if (!bytes.ok) return bytes;
    if (bytes.value === undefined) return accept(undefined);
    const next = readEnvelope(root, bytes.value, path);
    if (!next.ok) return next;
    const { outcome } = judge({ candidate: next.value, trusted: trusted.signed }, rootChecks);
    if (!outcome.ok) return outcome;
    const proven = await proveOnce({ type: "root", digest: next.value.digest }, ledger, ledgerTrust(trusted.signed), store);
    if (!proven.ok) return proven;
    trusted = next.value;
  }
}
