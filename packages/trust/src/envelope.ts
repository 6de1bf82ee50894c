// SPDX-License-Identifier: Apache-2.0
import { canonicalBytes, type Json } from "./canonical.ts";
import { CanonicalReader, plain } from "./canonical-reader.ts";
import { array, closed, type Decoder, decode, hex, json, Malformed, open, text } from "./decode.ts";
import { type Digest, sha256 } from "./digest.ts";
import { readJson } from "./json.ts";
import { type DocumentLimits, defaultLimits } from "./limits.ts";
import { accept, type Outcome } from "./refusal.ts";

export interface Signature {
  readonly keyid: string;
  /** Lower-case hex. In somebody else's repository any text: what is no hex verifies nothing. */
  readonly sig: string;
}

/** TUF's `{signatures, signed}` (TUF 4.2.1). Everything that is signed here, but provenance, wears this one form. */
export interface Signed<T> {
  readonly signatures: readonly Signature[];
  readonly signed: T;
}

/** A signed document as it was read: what it says, what exactly was signed, and the digest of the file. Nothing is verified yet. */
export interface Envelope<T> extends Signed<T> {
  /** The canonical form of `signed`, unknown fields included: the signed message. */
  readonly message: Uint8Array;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

/**
 * What stands beside `signatures`, `signed`, `keyid` and `sig`, signed by nobody and read by nobody: refused in documents of our own, where a signature
 * that is no hex is refused, too; ignored in TUF's, where such a signature counts for nothing.
 */
export type Beside = "refused" | "ignored";

/** Signatures, at most one a key. */
export function signatureList(minimum: number, maximum: number, beside: Beside = "refused"): Decoder<readonly Signature[]> {
  const shape: Decoder<Signature> =
    beside === "refused" ? closed<Signature>({ keyid: text, sig: hex }) : open<Signature>({ keyid: text, sig: text });
  const items = array(shape, minimum, maximum);
  return (value, at) => {
    const list = items(value, at);
    const keyids = new Set(list.map(({ keyid }) => keyid));
    if (keyids.size !== list.length) throw new Malformed(at, "at most one signature a key", value);
    return list;
  };
}

function envelopeOf<T>(signed: Decoder<T>, maximum: number, beside: Beside): Decoder<Signed<T>> {
  const shape = beside === "refused" ? closed : open;
  const signatures = signatureList(0, maximum, beside);
  const present: Decoder<T> = (value, at) => {
    if (value === undefined) throw new Malformed(at, "what is signed", value); // whatever the decoder makes of nothing
    return signed(value, at);
  };
  return shape<Signed<T>>({ signatures, signed: present });
}

/** A signed document inside another one; `bytes` and `digest` are those of its canonical form. */
export function envelope<T>(signed: Decoder<T>, beside: Beside = "refused"): Decoder<Envelope<T>> {
  const read = envelopeOf(signed, defaultLimits.signatures, beside);
  return (value, at) => {
    const document = read(value, at);
    const bytes = canonical(value, at);
    const message = canonical((value as { readonly signed: unknown }).signed, at);
    return { ...document, message, bytes, digest: sha256(bytes) };
  };
}

/**
 * Reads a signed document from the bytes that were served, which are kept and must not change. `digest` is that of exactly these bytes.
 * What is read is what is signed: both come from the canonical form. TUF wants what stands beside ignored (TUF 4, preamble); in a document of our
 * own it is refused.
 */
export function readEnvelope<T>(
  signed: Decoder<T>,
  bytes: Uint8Array,
  what: string,
  limits: DocumentLimits = defaultLimits,
  beside: Beside = "refused",
): Outcome<Envelope<T>> {
  const document = readJson(bytes, limits);
  if (!document.ok) return document;
  const read = decode(envelopeOf(signed, limits.signatures, beside), document.value.value, what);
  if (!read.ok) return read;
  const message = document.value.members?.span("signed");
  if (message === undefined) throw new Error("a document without `signed` was decoded as one with it");
  return accept({ ...read.value, message, bytes, digest: sha256(bytes) });
}

/** The signed part as plain data with every field it has, also those that no decoder knows: for whoever changes it and signs it again. */
export function signedJson(document: Pick<Envelope<unknown>, "message">): Json {
  return plain(new CanonicalReader(document.message, { lowest: 0, depth: Number.POSITIVE_INFINITY }).document());
}

/** What was parsed by another reader than ours may hold what has no canonical form: a fraction in a field that nobody reads, say. */
function canonical(value: unknown, at: string): Uint8Array {
  try {
    return canonicalBytes(json(value, at));
  } catch (error) {
    if (error instanceof RangeError) throw new Malformed(at, "JSON that has a canonical form", error.message);
    throw error;
  }
}
