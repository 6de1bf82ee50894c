// SPDX-License-Identifier: Apache-2.0
import { type Digest, sha256 } from "./digest.ts";

/** What a strict JSON document may hold. Numbers are safe integers: TUF's canonical form has no other. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * OLPC canonical JSON as TUF uses it (TUF 4.1): no white space, keys sorted by code point, strings with only `"` and `\`
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
  const members: string[] = [];
  for (const name of sortedNames(record)) {
    const member = record[name]; // undefined is an absent field, spelled out; JSON.stringify leaves it out too
    if (member !== undefined) members.push(`${canonicalText(name)}:${canonicalText(member)}`);
  }
  return `{${members.join(",")}}`;
}

/** The canonical form in UTF-8. `value` must be plain JSON data; a document type of this room always is. */
export function canonicalBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalText(value as Json));
}

/**
 * The form in which a document is served and kept: the canonical one, with control characters in strings escaped. The canonical form
 * leaves them bare, which no JSON reader accepts, and proofs, checkpoints and PEM keys have line breaks. What is signed is the canonical form.
 */
export function servedBytes(value: unknown): Uint8Array {
  return servedForm(canonicalBytes(value));
}

/** The served form of canonical bytes: these themselves where there is no control character in them. */
export function servedForm(canonical: Uint8Array): Uint8Array {
  let at = 0;
  while ((canonical[at] ?? 0) >= 0x20) at++;
  if (at === canonical.length) return canonical;
  const characters = Buffer.from(canonical).toString("latin1"); // a byte each; outside of strings the canonical form has no control
  return Buffer.from(
    characters.replace(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1)),
    "latin1",
  );
}

/** The digest by which a statement, an order or a list of approvals is named. */
export function canonicalDigest(value: unknown): Digest {
  return sha256(canonicalBytes(value));
}

/** The names of an object's members in the order of the canonical form. */
export function sortedNames(object: object): string[] {
  const names = Object.keys(object).sort(); // by UTF-16 unit, which is the order of code points where there is no surrogate
  return names.some((name) => /[\ud800-\udfff]/.test(name)) ? names.sort(byCodePoint) : names;
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
