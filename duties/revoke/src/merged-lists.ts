// SPDX-License-Identifier: Apache-2.0
import { logEvent } from "@countersign/daemon/event";
import { readFrom } from "@countersign/repository/read-from";
import type { Reader, Store } from "@countersign/repository/store";
import { type Json, servedBytes } from "@countersign/trust/canonical";
import { decode } from "@countersign/trust/decode";
import { envelope } from "@countersign/trust/envelope";
import { parseJson } from "@countersign/trust/json";
import { defaultLimits } from "@countersign/trust/limits";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { revocationList } from "@countersign/trust/revocation/list";
import { readFile } from "@countersign/trust/workflow/step";
import { listPath, MAX_LIST_BYTES } from "./list-file.ts";

/** Every revoker's list in one file, and where devices look. All revokers write it. */
export const latestPath = "revocations/latest";

/** As many as readers take. */
const MAX_LISTS = 64;
/** A list's denials, and what stands around them. */
const MAX_FILE_BYTES = MAX_LIST_BYTES + 16 * 1024;

/** Whether this file of a list stands in `revocations/latest` as it is. Of two revokers that merge at once, the first is missed by the second. */
export async function isMerged(store: Reader, own: Uint8Array): Promise<boolean> {
  const latest = await readFile(readFrom(store), latestPath);
  return latest.ok && Buffer.from(latest.value).includes(Buffer.from(own));
}

/**
 * `revocations/latest`: this revoker's list, and every other revoker's as it stands in the store, never altered. One that does not read,
 * or would make the whole too long to be read, is left out and said; whether its signature counts is for those who read it.
 */
export async function mergedLists(store: Store, revoker: string, own: Uint8Array): Promise<Uint8Array> {
  const read = readFrom(store);
  const others = (await store.list("revocations/")).filter((path) => path.endsWith(".json") && path !== listPath(revoker));
  const lists: Json[] = [];
  let room = defaultLimits.documentBytes - MAX_FILE_BYTES;
  for (const path of [listPath(revoker), ...others].slice(0, MAX_LISTS)) {
    const file = path === listPath(revoker) ? accept(own) : await readFile(read, path, Math.min(room, MAX_FILE_BYTES));
    const list = file.ok ? parsedList(file.value, path) : file;
    if (list.ok) lists.push(list.value);
    else logEvent("revoke", "list-left-out", { path, ...list.refusal });
    if (file.ok) room -= file.value.length;
  }
  return servedBytes({ _type: "revocation-lists", lists });
}

/** A list as plain JSON, once it is known to read as the list of the revoker whose file it is. */
function parsedList(bytes: Uint8Array, path: string): Outcome<Json> {
  const json = parseJson(bytes, defaultLimits);
  const list = json.ok ? decode(envelope(revocationList), json.value, path) : json;
  if (!list.ok) return list;
  const { revoker } = list.value.signed;
  return listPath(revoker) === path ? json : refuse("list-misplaced", path, listPath(revoker), "Its revoker writes it again.");
}
