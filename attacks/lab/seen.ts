// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Entry } from "@countersign/tlog/entry";
import { timestamp } from "@countersign/trust/anchor/timestamp";
import { sha256 } from "@countersign/trust/digest";
import { readEnvelope } from "@countersign/trust/envelope";
import { claimedCheckpoint, type LedgerTrust } from "@countersign/trust/ledger/checkpoint";
import { taken } from "./base.ts";

/** How many entries of the ledger a device was last shown. */
export async function sizeSeenBy(device: string, ledger: LedgerTrust): Promise<number> {
  const held = taken(readEnvelope(timestamp, await readFile(join(device, "trust", "timestamp.json")), "timestamp.json"));
  return taken(claimedCheckpoint(held.signed.countersign.checkpoint, ledger)).checkpoint.size;
}

/** An entry that no honest ledger has. */
export function inventedEntry(name: string): Entry {
  return { type: "incident", digest: sha256(Buffer.from(name)) };
}
