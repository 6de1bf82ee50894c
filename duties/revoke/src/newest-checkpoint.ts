// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import {
  type ClaimedCheckpoint,
  claimedCheckpoint,
  cosignedCheck,
  type LedgerTrust,
  ledgerSizeCheck,
  witnessedTime,
} from "@countersign/trust/ledger/checkpoint";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import { type Read, readFile } from "@countersign/trust/workflow/step";

const MAX_BYTES = 64 * 1024;

/** The checkpoint in the store, verified; refused where it is behind `remembered`, a note that was verified before. */
export async function newestCheckpoint(read: Read, ledger: LedgerTrust, remembered: string | null): Promise<Outcome<ClaimedCheckpoint>> {
  const before = remembered === null ? undefined : cosigned(remembered, ledger);
  const known = before?.ok ? before.value : undefined; // one that an older root's witnesses cosigned binds nobody any more
  const bytes = await readFile(read, "log/checkpoint", MAX_BYTES);
  if (!bytes.ok) return bytes;
  const found = cosigned(Buffer.from(bytes.value).toString(), ledger, known);
  if (!found.ok || known === undefined) return found;
  const [time, least] = [found.value, known].map((checkpoint) => witnessedTime(checkpoint, ledger.quorum));
  if (time !== undefined && least !== undefined && time >= least) return found;
  return refuse("checkpoint-older", `cosigned at ${least} or later`, `${time}`, "The ledger's file was put back; look into the store.");
}

function cosigned(note: string, ledger: LedgerTrust, remembered?: ClaimedCheckpoint): Outcome<ClaimedCheckpoint> {
  const claimed = claimedCheckpoint(note, ledger);
  if (!claimed.ok) return claimed;
  const subject = { candidate: claimed.value, ledger, remembered: remembered?.checkpoint };
  return judge(subject, [cosignedCheck("revoke"), ledgerSizeCheck("revoke")]).outcome;
}
