// SPDX-License-Identifier: Apache-2.0
import { canonicalBytes } from "./canonical.ts";
import type { CanonicalReader } from "./canonical-reader.ts";
import { compareNames } from "./names.ts";
import type { Members } from "./table.ts";

/**
 * The members of an object in canonical bytes: where each of them is, and what it says when it is asked for. Nothing else is kept but
 * the bytes themselves, which must not change.
 */
export class ObjectIndex implements Members {
  readonly #bytes: Uint8Array;
  readonly #starts: Uint32Array;
  readonly #end: number;
  readonly #reader: CanonicalReader;

  /** `starts` are the places of the opening quotes of the names, which ascend by code point; `end` is that of the closing brace. */
  constructor(bytes: Uint8Array, starts: readonly number[], end: number, reader: CanonicalReader) {
    this.#bytes = bytes;
    this.#starts = Uint32Array.from(starts);
    this.#end = end;
    this.#reader = reader;
  }

  get size(): number {
    return this.#starts.length;
  }

  has(name: string): boolean {
    return this.span(name) !== undefined;
  }

  get(name: string): unknown {
    const span = this.span(name);
    return span && this.#read(span.byteOffset - this.#bytes.byteOffset);
  }

  /** The canonical bytes of a member's value; undefined where there is no such member. */
  span(name: string): Uint8Array | undefined {
    if (!name.isWellFormed()) return undefined; // no document holds it
    const wanted = canonicalBytes(name);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const start = this.#starts[middle] ?? 0;
      const order = compareNames(this.#bytes, start, wanted, 0);
      if (order < 0) low = middle + 1;
      else if (order > 0) high = middle - 1;
      else return this.#bytes.subarray(start + wanted.length + 1, this.#endOf(middle)); // a name has one spelling; a colon follows it
    }
    return undefined;
  }

  *names(): Generator<string> {
    for (const start of this.#starts) yield this.#read(start) as string;
  }

  *entries(): Generator<readonly [string, unknown]> {
    for (const start of this.#starts) {
      const name = this.#read(start) as string;
      yield [name, this.#read(this.#reader.at + 1)];
    }
  }

  /** The names that were in `before` and are not here, or stand here for something else. */
  *changedFrom(before: ObjectIndex): Generator<string> {
    let here = 0;
    for (let there = 0; there < before.size; there++) {
      const start = before.#starts[there] ?? 0;
      while (here < this.size && compareNames(this.#bytes, this.#starts[here] ?? 0, before.#bytes, start) < 0) here++;
      if (here === this.size || Buffer.compare(this.#member(here), before.#member(there)) !== 0) yield before.#read(start) as string;
    }
  }

  /** The canonical bytes of a member, its name included. */
  #member(member: number): Uint8Array {
    return this.#bytes.subarray(this.#starts[member], this.#endOf(member));
  }

  /** Where the value of a member ends: before the comma that the next name follows, or the closing brace. */
  #endOf(member: number): number {
    const next = this.#starts[member + 1];
    return next === undefined ? this.#end : next - 1;
  }

  #read(at: number): unknown {
    this.#reader.at = at;
    return this.#reader.value();
  }
}
