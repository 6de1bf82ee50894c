// SPDX-License-Identifier: Apache-2.0
import { type Digest, sha256 } from "./digest.ts";

/** What a strict JSON document may hold. Numbers are safe integers: TUF's canonical form has no other. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * OLPC canonical JSON as TUF uses it (TUF 4.2.1): no white space, keys sorted by code point, strings with only `"` and `\`
 * escaped, integers in decimal. Two equal values have one form, so it is what is signed and what is hashed.
 */
export function canonicalText(value: Json): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new RangeError(`canonical JSON holds safe integers only, not ${value}`);
    return Object.is(value, -0) ? "0" : String(value);
  }
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new RangeError("canonical JSON holds well-formed strings only");
    return `"${value.replace(/["\\]/g, "\\$&")}"`;
  }
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (typeof value !== "object") throw new RangeError(`canonical JSON has no ${typeof value}`);
  const record = value as { readonly [key: string]: Json | undefined };
  const members = Object.keys(record)
    .filter((key) => record[key] !== undefined) // an absent field, spelled out; JSON.stringify leaves it out too
    .sort(byCodePoint)
    .map((key) => `${canonicalText(key)}:${canonicalText(record[key] ?? null)}`);
  return `{${members.join(",")}}`;
}

/** The canonical form in UTF-8. `value` must be plain JSON data; a document type of this room always is. */
export function canonicalBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalText(value as Json));
}

/**
 * The form in which a document is served and kept: the canonical one, with control characters in strings escaped. The canonical form
 * leaves them bare, which no JSON reader accepts, and proofs, checkpoints and PEM keys have line breaks. What is signed is the canonical form.
 * Outside of strings that has no control character, so an escape in place of each changes nothing else.
 */
export function servedBytes(value: unknown): Uint8Array {
  const text = canonicalText(value as Json).replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
  return new TextEncoder().encode(text);
}

/** The digest by which a statement, an order or a list of approvals is named. */
export function canonicalDigest(value: unknown): Digest {
  return sha256(canonicalBytes(value));
}

function byCodePoint(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return rank(a, at) - rank(b, at);
}

/** The place of a UTF-16 unit among code points: a surrogate stands for one above U+FFFF. The end of a string comes before all. */
function rank(text: string, at: number): number {
  if (at >= text.length) return -1;
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
