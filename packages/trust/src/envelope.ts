// SPDX-License-Identifier: Apache-2.0
import { canonicalBytes, type Json } from "./canonical.ts";
import { array, closed, type Decoder, decode, Malformed, text } from "./decode.ts";
import { type Digest, sha256 } from "./digest.ts";
import { parseJson } from "./json.ts";
import { defaultLimits } from "./limits.ts";
import type { Outcome } from "./refusal.ts";

export interface Signature {
  readonly keyid: string;
  /** Lower-case hex. */
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

const signatures: Decoder<readonly Signature[]> = (value, at) => {
  const list = array(closed<Signature>({ keyid: text, sig: text }), 0, defaultLimits.signatures)(value, at);
  if (new Set(list.map((signature) => signature.keyid)).size !== list.length) throw new Malformed(at, "at most one signature a key", value);
  return list;
};

/** Nothing stands beside `signed` and its signatures: it would be signed by nobody, and change the digest at anybody's wish. */
function message<T>(signed: Decoder<T>): Decoder<Signed<T> & Pick<Envelope<T>, "message">> {
  const fields = closed<Signed<T>>({ signatures, signed });
  return (value, at) => {
    const read = fields(value, at);
    return { ...read, message: canonical((value as { readonly signed: Json }).signed, at) };
  };
}

/** A signed document inside another one; `bytes` and `digest` are those of its canonical form. */
export function envelope<T>(signed: Decoder<T>): Decoder<Envelope<T>> {
  const read = message(signed);
  return (value, at) => {
    const document = read(value, at);
    const bytes = canonical(value, at);
    return { ...document, bytes, digest: sha256(bytes) };
  };
}

/** Reads a signed document from the bytes that were served. `digest` is that of exactly these bytes. */
export function readEnvelope<T>(signed: Decoder<T>, bytes: Uint8Array, what: string): Outcome<Envelope<T>> {
  const json = parseJson(bytes, defaultLimits);
  if (!json.ok) return json;
  const read = decode(message(signed), json.value, what);
  return read.ok ? { ok: true, value: { ...read.value, bytes, digest: sha256(bytes) } } : read;
}

/** What was parsed by another reader than ours may hold what has no canonical form: a fraction in a field that nobody reads, say. */
function canonical(value: unknown, at: string): Uint8Array {
  try {
    return canonicalBytes(value);
  } catch (error) {
    if (error instanceof RangeError) throw new Malformed(at, "JSON that has a canonical form", error.message);
    throw error;
  }
}
