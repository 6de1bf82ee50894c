// SPDX-License-Identifier: Apache-2.0
import type { Store } from "@countersign/repository/store";
import type { Fault } from "@countersign/tlog/audit";
import { encodeEntry } from "@countersign/tlog/entry";
import { root } from "@countersign/trust/anchor/root";
import { decodeBytes, json } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { readEnvelope } from "@countersign/trust/envelope";
import { defaultLimits } from "@countersign/trust/limits";
import { policy } from "@countersign/trust/policy/policy";
import { type Known, shelves } from "./store-shelves.ts";

/** What was found of the files of a repository that are in none of its logs. */
export interface StoreAudit {
  readonly files: number;
  readonly faults: readonly Fault[];
  /** Paths of files that are what they must be only if this entry stands in one of the logs, by its bytes as text. */
  readonly logged: ReadonlyMap<string, string>;
}

/** Looks at every file below none of these prefixes: that no bit of it changed since it was written, by its digest, its signatures or its entry. */
export async function auditStore(
  store: Pick<Store, "read" | "list" | "digest">,
  anchor: Uint8Array,
  logs: readonly string[],
): Promise<StoreAudit> {
  const paths = (await store.list("")).filter((path) => !logs.some((prefix) => path.startsWith(prefix)));
  const known = await knownIn(store, anchor, paths);
  const faults: Fault[] = [];
  const logged = new Map<string, string>();
  for (const path of paths) {
    const shelf = shelves.find((each) => each.path.test(path));
    const named = shelf?.path.exec(path)?.[1] ?? "";
    const file = { named, digest: () => store.digest(path), bytes: async () => (await store.read(path)) ?? new Uint8Array() };
    const examined = shelf === undefined ? "a file that repositories have" : await shelf.examine(file, known);
    if (typeof examined === "string") faults.push({ path, expected: examined, found: "another file" });
    else if (examined !== undefined) logged.set(Buffer.from(encodeEntry(examined)).toString(), path);
  }
  return { files: paths.length, faults, logged };
}

/** Roots and policies are held against the ledger like every file: one that is forged vouches for others, and is a fault itself. */
async function knownIn(store: Pick<Store, "read">, anchor: Uint8Array, paths: readonly string[]): Promise<Known> {
  const roots = [readEnvelope(root, anchor, "embedded root")];
  const policies = [];
  const roles = new Map<string, { readonly role: string; readonly message: Uint8Array }>();
  for (const path of paths) {
    const role = /^metadata\/\d+\.([^/]+)\.json$/.exec(path)?.[1];
    const isPolicy = /^targets\/[0-9a-f]{64}\.policy\.json$/.test(path);
    if ((role === undefined || role === "snapshot") && !isPolicy) continue;
    const bytes = (await store.read(path)) ?? new Uint8Array();
    if (isPolicy) policies.push(decodeBytes(policy, bytes, path));
    else if (role === "root") roots.push(readEnvelope(root, bytes, path));
    else if (role !== undefined) {
      const read = readEnvelope(json, bytes, path, { ...defaultLimits, documentBytes: defaultLimits.targetsBytes });
      if (read.ok) roles.set(sha256(bytes), { role, message: read.value.message });
    }
  }
  return {
    roots: roots.flatMap((read) => (read.ok ? [read.value.signed] : [])),
    policies: policies.flatMap((read) => (read.ok ? [read.value] : [])),
    roles,
  };
}
