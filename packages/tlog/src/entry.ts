// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "./refusal.ts";

/** What may stand in the ledger. `release` and `order` are what approvals were given for, and name them. */
export const ENTRY_TYPES = [
  "root",
  "targets",
  "channel",
  "policy",
  "release",
  "order",
  "provenance",
  "revocations",
  "readthrough",
  "identity",
  "window",
  "grant",
  "certificate",
  "act",
  "incident",
] as const;

export type EntryType = (typeof ENTRY_TYPES)[number];
export type ApprovedType = "release" | "order";

/** An entry of the ledger: a type and a digest, never content, so that nothing in it ever has to be removed. Digests are lower-case hex. */
export type Entry =
  | { readonly type: Exclude<EntryType, ApprovedType>; readonly digest: string }
  | {
      readonly type: ApprovedType;
      readonly digest: string;
      /** SHA-256 of the canonical array of approvals. */
      readonly approvals: string;
    };

const FORM = /^\{(?:"approvals":"([0-9a-f]{64})",)?"digest":"([0-9a-f]{64})","type":"([a-z]+)"\}$/;

/** Canonical JSON of the entry, keys in order and no spaces: the bytes that are the leaf. */
export function encodeEntry(entry: Entry): Uint8Array {
  const approvals = isApproved(entry.type) && "approvals" in entry ? { approvals: entry.approvals } : {};
  return new TextEncoder().encode(JSON.stringify({ ...approvals, digest: entry.digest, type: entry.type }));
}

/** Accepts exactly what `encodeEntry` prints. */
export function parseEntry(bytes: Uint8Array): Outcome<Entry> {
  const text = Buffer.from(bytes).toString("latin1"); // keeps bytes above 0x7f apart from ASCII, so the form refuses them
  const [, approvals, digest, name] = FORM.exec(text) ?? [];
  const type = ENTRY_TYPES.find((known) => known === name);
  if (digest === undefined || type === undefined) return refused(text);
  if (isApproved(type)) return approvals === undefined ? refused(text) : accept({ type, digest, approvals });
  return approvals === undefined ? accept({ type, digest }) : refused(text);
}

function isApproved(type: EntryType): type is ApprovedType {
  return type === "release" || type === "order";
}

function refused(text: string): Outcome<never> {
  return refuse(
    "entry-malformed",
    `canonical JSON of a digest and a type (${ENTRY_TYPES.join(", ")}), with approvals for release and order`,
    text.slice(0, 200),
    "encode the entry with encodeEntry",
  );
}
