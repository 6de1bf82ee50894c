// SPDX-License-Identifier: Apache-2.0
import { readFrom } from "@countersign/repository/read-from";
import type { Store } from "@countersign/repository/store";
import { openRepository } from "@countersign/repository/view";
import { type Audit, type AuditedLog, auditLog } from "@countersign/tlog/audit";
import { MAX_BUNDLE_BYTES } from "@countersign/tlog/bundle";
import { parseEntry } from "@countersign/tlog/entry";
import { equalBytes } from "@countersign/tlog/hash";
import { formerLogPrefix } from "@countersign/tlog/log-path";
import type { FormerLog } from "@countersign/tlog/quorum";
import { treeRoot } from "@countersign/tlog/tree";
import { accept, type Outcome } from "@countersign/trust/refusal";

const PREFIX = "log/";

/** Audits the log beside a repository, and those before it, under the log and the witnesses that its newest root names. Refused where the repository itself does not verify. */
export async function auditLedger(
  store: Pick<Store, "read" | "list">,
  anchor: Uint8Array,
  now: number,
  progress?: (entries: number, of: number) => void,
): Promise<Outcome<Audit>> {
  const repository = await openRepository(readFrom(store), anchor, now);
  if (!repository.ok) return repository;
  const { ledger } = repository.value;
  const isEntry = (leaf: Uint8Array): boolean => parseEntry(leaf).ok;
  const audits = [await auditLog(logBelow(store, PREFIX), ledger, isEntry, progress)];
  for (const former of ledger.former ?? []) audits.push(await auditFormerLog(store, former, isEntry));
  const sum = (of: "entries" | "files"): number => audits.reduce((total, audit) => total + audit[of], 0);
  return accept({ entries: sum("entries"), files: sum("files"), faults: audits.flatMap(({ faults }) => faults) });
}

/** A log that is over, as far as its own key ever went on; and that it had the tree which root pins. Its faults are named by their whole path. */
async function auditFormerLog(
  store: Pick<Store, "read" | "list">,
  former: FormerLog,
  isEntry: (leaf: Uint8Array) => boolean,
): Promise<Audit> {
  const prefix = formerLogPrefix(former.origin);
  const log = logBelow(store, prefix);
  const audit = await auditLog(log, former, isEntry);
  const pinned = await treeRoot(former.final.size, log.read);
  const faults = audit.faults.map((fault) => ({ ...fault, path: `${prefix}${fault.path}` }));
  if (!pinned.ok || !equalBytes(pinned.value, former.final.root))
    faults.push({ path: prefix, expected: `the tree of ${former.final.size} entries that root pins`, found: "another one" });
  return { ...audit, faults };
}

function logBelow(store: Pick<Store, "read" | "list">, prefix: string): AuditedLog {
  return {
    read: (path) => store.read(`${prefix}${path}`, MAX_BUNDLE_BYTES),
    async *list() {
      for (const path of await store.list(prefix)) yield path.slice(prefix.length);
    },
  };
}
