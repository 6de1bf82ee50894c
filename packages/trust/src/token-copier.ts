// SPDX-License-Identifier: Apache-2.0
import * as token from "./tokens.ts";
import { characterEnd, putCharacter } from "./utf8.ts";

/** Says what in a text is no strict JSON, and where. */
export class NotJson extends Error {
  override readonly name = "NotJson";
}

const escapes: ReadonlyMap<number, number> = new Map(
  ['""', "\\\\", "//", "b\b", "f\f", "n\n", "r\r", "t\t"].map((pair) => [pair.charCodeAt(0), pair.charCodeAt(1)]),
);

const hexDigits = "0123456789abcdefABCDEF";

/** Copies a JSON text token by token, each in its canonical spelling; throws `NotJson` where a token is none of strict JSON. */
export class TokenCopier {
  /** One kind of array, whatever came: the loops stay fast. */
  readonly #in: Uint8Array;
  #at = 0;
  /** As long as what comes in: no spelling is shorter than the canonical one. */
  readonly out: Uint8Array;
  /** Where the next token goes. */
  to = 0;

  constructor(bytes: Uint8Array) {
    this.#in = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.out = new Uint8Array(bytes.length);
  }

  /** The byte at which the next token starts, undefined at the end; white space is passed over. */
  next(): number | undefined {
    let byte = this.#in[this.#at];
    while (byte === token.space || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = this.#in[++this.#at];
    return byte;
  }

  /** A bracket, comma or colon. */
  mark(): void {
    this.out[this.to++] = this.#in[this.#at++] ?? 0;
  }

  /** True, and the mark is copied, if it is the next token. */
  marks(mark: number): boolean {
    const found = this.next() === mark;
    if (found) this.mark();
    return found;
  }

  /** A number or a word. */
  scalar(): void {
    const from = this.#in;
    const word = from[this.#at] === token.t || from[this.#at] === token.f || from[this.#at] === token.n;
    const end = word ? token.wordEnd(from, this.#at) : token.integerEnd(from, this.#at);
    this.#copy(end, "something that is no value (numbers are integers up to 2^53 - 1)");
  }

  string(): void {
    const from = this.#in;
    const out = this.out;
    this.mark();
    for (;;) {
      let at = this.#at;
      let to = this.to;
      let byte = from[at] ?? 0;
      while (byte >= token.space && byte < 0x80 && byte !== token.quote && byte !== token.backslash) {
        out[to++] = byte;
        byte = from[++at] ?? 0;
      }
      this.#at = at;
      this.to = to;
      if (byte === token.quote) break;
      if (byte === token.backslash) this.#escape();
      else if (byte < token.space) this.fail(at < from.length ? "a bare control character" : "an unfinished string");
      else this.#copy(characterEnd(from, at), "bytes that are not UTF-8");
    }
    this.mark();
  }

  fail(what: string): never {
    throw new NotJson(`${what} at byte ${this.#at}`);
  }

  #copy(end: number, otherwise: string): void {
    if (end === token.none) this.fail(otherwise);
    while (this.#at < end) this.mark();
  }

  #escape(): void {
    const letter = this.#in[this.#at + 1] ?? 0;
    this.#at += 2;
    const character = letter === token.u ? this.#codePoint() : escapes.get(letter);
    if (character === undefined) this.fail("an escape that JSON does not have");
    if (character === token.quote || character === token.backslash) this.out[this.to++] = token.backslash;
    this.to = putCharacter(this.out, this.to, character);
  }

  #codePoint(): number {
    const unit = this.#unit();
    if (unit < 0xd800 || unit > 0xdfff) return unit;
    const paired = unit < 0xdc00 && this.#in[this.#at] === token.backslash && this.#in[this.#at + 1] === token.u;
    this.#at += 2;
    const low = paired ? this.#unit() : 0;
    if (low < 0xdc00 || low > 0xdfff) this.fail("half of a surrogate pair");
    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
  }

  #unit(): number {
    let unit = 0;
    for (const end = this.#at + 4; this.#at < end; this.#at++) {
      const digit = hexDigits.indexOf(String.fromCharCode(this.#in[this.#at] ?? 0));
      if (digit < 0) this.fail("an escape that JSON does not have");
      unit = unit * 16 + (digit > 15 ? digit - 6 : digit);
    }
    return unit;
  }
}
