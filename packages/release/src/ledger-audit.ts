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
import { auditStore } from "./store-audit.ts";

const PREFIX = "log/";

/**
 * Audits a repository to the byte: the log beside it and those before it, under the log and the witnesses that its newest root names, and every other file by its
 * digest, its signatures or its entry in them. Refused where the repository itself does not verify.
 */
export async function auditLedger(
  store: Pick<Store, "read" | "list" | "digest">,
  anchor: Uint8Array,
  now: number,
  progress?: (entries: number, of: number) => void,
): Promise<Outcome<Audit>> {
  const repository = await openRepository(readFrom(store), anchor, now);
  if (!repository.ok) return repository;
  const { ledger } = repository.value;
  const former = ledger.former ?? [];
  const beside = await auditStore(store, anchor, [PREFIX, ...former.map(({ origin }) => formerLogPrefix(origin))]);
  const unlogged = new Map(beside.logged); // before the logs are read: what was published was in them by then
  const isEntry = (leaf: Uint8Array): boolean => {
    unlogged.delete(Buffer.from(leaf).toString());
    return parseEntry(leaf).ok;
  };
  const audits = [placedIn(PREFIX, await auditLog(logBelow(store, PREFIX), ledger, isEntry, progress))];
  for (const log of former) audits.push(await auditFormerLog(store, log, isEntry));
  const sum = (of: "entries" | "files"): number => audits.reduce((total, audit) => total + audit[of], 0);
  const faults = [...audits.flatMap((audit) => audit.faults), ...beside.faults];
  if (audits.every((audit) => audit.faults.length === 0))
    // what a damaged log would have an entry of, nobody can say
    for (const path of unlogged.values()) faults.push({ path, expected: "a file that the ledger has an entry of", found: "another file" });
  return accept({ entries: sum("entries"), files: sum("files") + beside.files, faults });
}

/** A log that is over, as far as its own key ever went on; and that it had the tree which root pins. */
async function auditFormerLog(
  store: Pick<Store, "read" | "list">,
  former: FormerLog,
  isEntry: (leaf: Uint8Array) => boolean,
): Promise<Audit> {
  const prefix = formerLogPrefix(former.origin);
  const log = logBelow(store, prefix);
  const audit = placedIn(prefix, await auditLog(log, former, isEntry));
  const pinned = await treeRoot(former.final.size, log.read);
  if (pinned.ok && equalBytes(pinned.value, former.final.root)) return audit;
  const fault = { path: prefix, expected: `the tree of ${former.final.size} entries that root pins`, found: "another one" };
  return { ...audit, faults: [...audit.faults, fault] };
}

/** Faults by their whole path. */
function placedIn(prefix: string, audit: Audit): Audit {
  return { ...audit, faults: audit.faults.map((fault) => ({ ...fault, path: `${prefix}${fault.path}` })) };
}

function logBelow(store: Pick<Store, "read" | "list">, prefix: string): AuditedLog {
  return {
    read: (path) => store.read(`${prefix}${path}`, MAX_BUNDLE_BYTES),
    async *list() {
      for (const path of await store.list(prefix)) yield path.slice(prefix.length);
    },
  };
}
