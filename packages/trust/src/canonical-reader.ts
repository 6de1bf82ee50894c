// SPDX-License-Identifier: Apache-2.0
import type { Json } from "./canonical.ts";
import { nameEnd, type Scan, stringEnd, valueEnd } from "./canonical-scan.ts";
import { ObjectIndex } from "./object-index.ts";
import * as token from "./tokens.ts";

/** JSON in which objects of many members are left as they stand. */
export type Read = Json | ObjectIndex | readonly Read[] | { readonly [name: string]: Read };

/** Says that bytes are not in canonical form; they may be JSON all the same. */
export class NotCanonical extends Error {
  override readonly name = "NotCanonical";
}

/** An object with more members than this is not decoded: it is kept as the places of its members. */
const smallObject = 64;

/**
 * Reads canonical JSON from its bytes in one scan, which is also the proof that they are canonical; throws `NotCanonical` if they are not.
 */
export class CanonicalReader {
  readonly #bytes: Uint8Array;
  readonly #text: Buffer;
  readonly #scan: Scan;
  /** Where it stands. */
  at = 0;
  #outermost: ObjectIndex | undefined;

  constructor(bytes: Uint8Array, scan: Scan) {
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length); // one kind of array, whatever came: the loops stay fast
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#scan = scan;
  }

  /** The whole document. */
  document(): Read {
    const value = this.#value(0);
    if (this.at !== this.#bytes.length) this.#fail();
    return value;
  }

  /** A value inside the document, where the reader stands; then it stands behind it. */
  value(): Read {
    return this.#value(1);
  }

  /** The members of the outermost object, once that was read. */
  get outermost(): ObjectIndex | undefined {
    return this.#outermost;
  }

  #value(depth: number): Read {
    if (depth > this.#scan.depth) this.#fail();
    const start = this.at;
    switch (this.#bytes[start]) {
      case token.openBrace:
        return this.#object(depth);
      case token.openBracket:
        return this.#array(depth);
      case token.quote:
        this.#move(stringEnd(this.#bytes, start, this.#scan.lowest));
        return this.#string(start, this.at);
      case token.t:
      case token.f:
      case token.n:
        this.#move(token.wordEnd(this.#bytes, start));
        return token.words.get(this.#bytes[start] ?? 0) ?? null;
      default:
        this.#move(token.integerEnd(this.#bytes, start));
        return token.integerOf(this.#bytes, start, this.at);
    }
  }

  #object(depth: number): Read {
    const bytes = this.#bytes;
    const members: Record<string, Read> = {};
    this.at++;
    if (this.#closes(token.closeBrace)) return members;
    const starts: number[] = [];
    let previous = token.none;
    do {
      const start = this.at;
      this.#move(nameEnd(bytes, start, previous, this.#scan.lowest));
      const end = this.at;
      if (starts.length < smallObject) members[this.#string(start, end - 1)] = this.#value(depth + 1);
      else this.#move(valueEnd(bytes, end, this.#scan, depth + 1));
      starts.push(start);
      previous = start;
    } while (this.#continues(token.closeBrace));
    if (starts.length <= smallObject && depth > 0) return members;
    const index = new ObjectIndex(bytes, starts, this.at - 1, this);
    if (depth === 0) this.#outermost = index;
    return starts.length <= smallObject ? members : index;
  }

  #array(depth: number): Read {
    const items: Read[] = [];
    this.at++;
    if (this.#closes(token.closeBracket)) return items;
    do items.push(this.#value(depth + 1));
    while (this.#continues(token.closeBracket));
    return items;
  }

  #string(start: number, end: number): string {
    const text = this.#text.toString("utf8", start + 1, end - 1);
    return text.includes("\\") ? text.replace(/\\(.)/g, "$1") : text;
  }

  #closes(bracket: number): boolean {
    if (this.#bytes[this.at] !== bracket) return false;
    this.at++;
    return true;
  }

  #continues(bracket: number): boolean {
    const next = this.#bytes[this.at++];
    if (next !== token.comma && next !== bracket) this.#fail();
    return next === token.comma;
  }

  #move(end: number): void {
    if (end === token.none) this.#fail();
    this.at = end;
  }

  #fail(): never {
    throw new NotCanonical(`not canonical JSON at byte ${this.at}`);
  }
}

/** Plain data of what was read, all of it. What another reader has read may be a number without a canonical form: a RangeError, as of `canonicalText`. */
export function plain(read: Read): Json {
  if (typeof read === "number" && !Number.isSafeInteger(read)) throw new RangeError(`${read}`);
  if (typeof read !== "object" || read === null) return read;
  if (Array.isArray(read)) return read.map(plain);
  const entries = read instanceof ObjectIndex ? read.entries() : Object.entries(read);
  return Object.fromEntries(Array.from(entries, ([name, value]) => [name, plain(value as Read)]));
}
