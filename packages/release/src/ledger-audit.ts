// SPDX-License-Identifier: Apache-2.0
import { readFrom } from "@countersign/repository/read-from";
import type { Store } from "@countersign/repository/store";
import { openRepository } from "@countersign/repository/view";
import { type Audit, auditLog } from "@countersign/tlog/audit";
import { MAX_BUNDLE_BYTES } from "@countersign/tlog/bundle";
import { parseEntry } from "@countersign/tlog/entry";
import { accept, type Outcome } from "@countersign/trust/refusal";

const PREFIX = "log/";

/** Audits the log beside a repository, under the log and the witnesses that its newest root names. Refused where the repository itself does not verify. */
export async function auditLedger(
  store: Pick<Store, "read" | "list">,
  anchor: Uint8Array,
  now: number,
  progress?: (entries: number, of: number) => void,
): Promise<Outcome<Audit>> {
  const repository = await openRepository(readFrom(store), anchor, now);
  if (!repository.ok) return repository;
  const log = {
    read: (path: string) => store.read(`${PREFIX}${path}`, MAX_BUNDLE_BYTES),
    async *list() {
      for (const path of await store.list(PREFIX)) yield path.slice(PREFIX.length);
    },
  };
  return accept(await auditLog(log, repository.value.ledger, (leaf) => parseEntry(leaf).ok, progress));
}
