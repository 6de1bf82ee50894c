// SPDX-License-Identifier: Apache-2.0
import { ENTRY_TYPES, type Entry, encodeEntry } from "@countersign/tlog/entry";
import { parseNote } from "@countersign/tlog/note";
import { parseTlogProof, verifyTlogProof } from "@countersign/tlog/proof";
import { type LogTrust, logOf, strangeSignature, verifyCosigned } from "@countersign/tlog/quorum";
import { decodeUtf8 } from "@countersign/tlog/utf8";
import { type Root, topAuthority } from "@countersign/trust/anchor/root";
import { timestamp } from "@countersign/trust/anchor/timestamp";
import { type Decoder, decodeBytes } from "@countersign/trust/decode";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { heartbeat } from "@countersign/trust/heartbeat/heartbeat";
import { ledgerTrust } from "@countersign/trust/ledger/checkpoint";
import { defaultLimits } from "@countersign/trust/limits";
import { dutyKeyOf, type Policy } from "@countersign/trust/policy/policy";
import { sidecarDemand } from "@countersign/trust/policy/post-quantum";
import { type Authority, signersOf } from "@countersign/trust/quorum";
import { monitorKey } from "@countersign/trust/readthrough/read-through";
import { revocationList, revocationLists } from "@countersign/trust/revocation/list";
import { readSidecar, sidecarSigners } from "@countersign/trust/sidecar";
import { snapshot } from "@countersign/trust/tuf/snapshot";

/** Whose signatures stand in a repository: of its roots and policies, also those that hold no more, and what its files of a role say, by the digest of each. */
export interface Known {
  readonly roots: readonly Root[];
  readonly policies: readonly Policy[];
  readonly roles: ReadonlyMap<string, { readonly role: string; readonly message: Uint8Array }>;
}

/** A file of a repository. */
export interface Shelved {
  /** The part of its path that says which it is: a digest, a role, a name. */
  readonly named: string;
  readonly digest: () => Promise<string | undefined>;
  readonly bytes: () => Promise<Uint8Array>;
}

/** What was expected in the place of a file that is not as it was written; or the entry that the ledger must have of it; or nothing, where it is as it was. */
export type Examined = string | Entry | undefined;

/** One kind of file, and by what anybody can tell that no bit of it changed. Whether it is the newest, and said by enough people, is for those who verify it. */
export interface Shelf {
  readonly path: RegExp;
  examine(file: Shelved, known: Known): Promise<Examined>;
}

/** Every kind of file that a repository has besides its logs. The first that fits is meant. */
export const shelves: readonly Shelf[] = [
  { path: /^metadata\/(timestamp)\.json$/, examine: top(timestamp, "timestamp") },
  { path: /^metadata\/\d+\.(snapshot)\.json$/, examine: top(snapshot, "snapshot") },
  { path: /^metadata\/\d+\.([^/]+)\.json$/, examine: async ({ named, digest }) => entryOf(named, await digest()) },
  {
    path: /^targets\/([0-9a-f]{64})\.policy\.json$/,
    examine: async (file) => (await ofItsDigest(file)) ?? { type: "policy", digest: file.named },
  },
  { path: /^targets\/(?:.+\/)?([0-9a-f]{64})\.[^/]+$/, examine: ofItsDigest },
  { path: /^(?:artifacts|provenance)\/([0-9a-f]{64})$/, examine: ofItsDigest },
  { path: /^proofs\/([0-9a-f]{64})\.tlog-proof$/, examine: proof },
  { path: /^sidecars\/([0-9a-f]{64})\.sidecar$/, examine: sidecar },
  { path: /^revocations\/(latest)$/, examine: lists },
  { path: /^revocations\/([^/]+)\.json$/, examine: own(revocationList, "revokers") },
  { path: /^heartbeat\/([^/]+)$/, examine: own(heartbeat, "monitors") },
  { path: /^readthrough\/([^/]+)$/, examine: readThrough },
];

const SIGNED = "a document as it was signed";
const unbounded = { ...defaultLimits, documentBytes: Number.MAX_SAFE_INTEGER };

async function ofItsDigest({ named, digest }: Shelved): Promise<Examined> {
  return (await digest()) === named ? undefined : "the bytes of its digest";
}

/** Root, targets and channel files are in the ledger, signatures included. */
function entryOf(role: string, digest = ""): Entry {
  return { type: role === "root" || role === "targets" ? role : "channel", digest };
}

/** A document of one of root's online roles. */
function top(decoder: Decoder<unknown>, role: "timestamp" | "snapshot"): Shelf["examine"] {
  return async ({ bytes }, { roots }) => {
    const read = readEnvelope(decoder, await bytes(), role, unbounded);
    return read.ok && roots.some((root) => allCount(read.value, topAuthority(root, role))) ? undefined : SIGNED;
  };
}

/** What a revoker or a monitor signs under its own name. */
function own(decoder: Decoder<unknown>, duty: "revokers" | "monitors"): Shelf["examine"] {
  return async ({ named, bytes }, { policies }) => {
    const read = readEnvelope(decoder, await bytes(), named, unbounded);
    return read.ok && isSignedBy(read.value, policies, duty, named) ? undefined : SIGNED;
  };
}

async function lists({ named, bytes }: Shelved, { policies }: Known): Promise<Examined> {
  const read = decodeBytes(revocationLists, await bytes(), named, unbounded);
  return read.ok && read.value.lists.every((list) => isSignedBy(list, policies, "revokers", list.signed.revoker)) ? undefined : SIGNED;
}

function isSignedBy(document: Envelope<unknown>, policies: readonly Policy[], duty: "revokers" | "monitors", name: string): boolean {
  return policies.some((policy) => {
    const keyid = policy[duty][name] ?? "";
    const key = dutyKeyOf(policy, keyid);
    return key !== undefined && allCount(document, { keys: { [keyid]: key }, keyids: [keyid], threshold: 1 });
  });
}

/** A signature that counts for nothing may have counted before a bit of it changed. */
function allCount(document: Envelope<unknown>, authority: Authority): boolean {
  return document.signatures.length > 0 && signersOf(document, authority).length === document.signatures.length;
}

async function sidecar({ named, bytes }: Shelved, { policies, roles }: Known): Promise<Examined> {
  const beside = roles.get(named);
  const read = readSidecar(await bytes());
  if (!read.ok || beside === undefined) return "ML-DSA signatures of a file that is here";
  const { signatures } = read.value;
  const counts = policies.some((policy) => {
    const demand = sidecarDemand(policy, beside.role);
    return demand !== undefined && sidecarSigners(beside.role, beside, signatures, demand).length === signatures.length;
  });
  return counts ? undefined : SIGNED;
}

async function proof({ named, bytes }: Shelved, { roots }: Known): Promise<Examined> {
  const text = decodeUtf8(await bytes()) ?? "";
  const parsed = parseTlogProof(text);
  if (!parsed.ok || parsed.value.extra !== undefined) return "a proof as the ledger writes it";
  const { note } = parsed.value;
  const proves = (trust: LogTrust): boolean =>
    ENTRY_TYPES.some(
      (type) => type !== "release" && type !== "order" && verifyTlogProof(text, encodeEntry({ type, digest: named }), trust).ok,
    );
  const holds = roots.map(ledgerTrust).some((trust) => isWholeNote(note, logOf(note.slice(0, note.indexOf("\n")), trust)) && proves(trust));
  return holds ? undefined : "a proof of an entry of its digest";
}

async function readThrough({ named, bytes }: Shelved, { roots, policies }: Known): Promise<Examined> {
  const note = decodeUtf8(await bytes()) ?? "";
  const monitors = policies.map((policy) => monitorKey(policy, named)).filter((key) => key !== undefined);
  const holds = roots
    .map(ledgerTrust)
    .some((trust) => monitors.some((monitor) => isWholeNote(note, { ...trust, witnesses: [...trust.witnesses, monitor] })));
  return holds ? undefined : "a checkpoint as this monitor cosigned it";
}

/** A cosigned checkpoint all of whose signatures are by the log and these witnesses. */
function isWholeNote(text: string, trust: LogTrust): boolean {
  const bytes = new TextEncoder().encode(text);
  const note = parseNote(bytes);
  return note.ok && strangeSignature(note.value, trust) === undefined && verifyCosigned(bytes, trust).ok;
}
