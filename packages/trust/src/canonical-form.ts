// SPDX-License-Identifier: Apache-2.0
import { compareNames, isPrototypeName } from "./names.ts";
import { TokenCopier } from "./token-copier.ts";
import * as token from "./tokens.ts";

/**
 * Brings any strict JSON document to its canonical form (TUF 4.1), bytes to bytes, without making values of it. Refused is what two
 * readers could read differently: bytes that are no UTF-8, a byte order mark, two members of one name however they are spelled, halves of
 * surrogate pairs, numbers that are no safe integers, text after the document. Throws `NotJson` for that. `depth` is how many values may
 * lie one in another, below the outermost.
 */
export function canonicalForm(bytes: Uint8Array, depth: number): Uint8Array {
  return new Canonicaliser(bytes, depth).document();
}

class Canonicaliser {
  readonly #tokens: TokenCopier;
  readonly #depth: number;
  /** A second copy of the members that are being sorted. */
  #unsorted: Uint8Array | undefined;

  constructor(bytes: Uint8Array, depth: number) {
    this.#tokens = new TokenCopier(bytes);
    this.#depth = depth;
  }

  document(): Uint8Array {
    const tokens = this.#tokens;
    this.#value(0);
    if (tokens.next() !== undefined) tokens.fail("text after the document");
    return tokens.out.subarray(0, tokens.to);
  }

  #value(depth: number): void {
    const tokens = this.#tokens;
    if (depth > this.#depth) tokens.fail(`nesting deeper than ${this.#depth}`);
    const first = tokens.next();
    if (first === token.openBrace) this.#object(depth);
    else if (first === token.openBracket) this.#array(depth);
    else if (first === token.quote) tokens.string();
    else tokens.scalar();
  }

  #object(depth: number): void {
    const tokens = this.#tokens;
    const starts: number[] = [];
    let previous = token.none;
    let ascending = true;
    tokens.mark();
    if (tokens.marks(token.closeBrace)) return;
    do {
      const start = tokens.to;
      if (tokens.next() !== token.quote) tokens.fail("a member without a quoted name");
      tokens.string();
      if (isPrototypeName(tokens.out, start)) tokens.fail("the name __proto__");
      if (previous !== token.none && compareNames(tokens.out, previous, tokens.out, start) >= 0) ascending = false;
      starts.push(start);
      previous = start;
      if (!tokens.marks(token.colon)) tokens.fail('no ":"');
      this.#value(depth + 1);
    } while (this.#continues(token.closeBrace));
    if (!ascending) this.#sort(starts);
  }

  #array(depth: number): void {
    const tokens = this.#tokens;
    tokens.mark();
    if (tokens.marks(token.closeBracket)) return;
    do this.#value(depth + 1);
    while (this.#continues(token.closeBracket));
  }

  #continues(bracket: number): boolean {
    const tokens = this.#tokens;
    if (tokens.marks(token.comma)) return true;
    return !tokens.marks(bracket) && tokens.fail(`neither "," nor "${String.fromCharCode(bracket)}"`);
  }

  /** Puts the members that start at these places, the last of which was just written, in order. */
  #sort(starts: readonly number[]): void {
    const { out, to: end } = this.#tokens;
    const place = (member: number): number => starts[member] ?? end;
    const order = starts.map((_, member) => member).sort((a, b) => compareNames(out, place(a), out, place(b)));
    this.#unsorted ??= new Uint8Array(out.length);
    this.#unsorted.set(out.subarray(place(0), end), place(0));
    let to = place(0);
    let previous = token.none;
    for (const member of order) {
      out.set(this.#unsorted.subarray(place(member), place(member + 1)), to);
      if (previous !== token.none && compareNames(out, previous, out, to) === 0)
        this.#tokens.fail(`the name ${nameAt(out, to)} twice in one object`);
      previous = to;
      to += place(member + 1) - place(member);
      out[to - 1] = token.comma;
    }
    out[to - 1] = token.closeBrace;
  }
}

/** The start of a name, for a message. */
function nameAt(bytes: Uint8Array, start: number): string {
  return JSON.stringify(
    Buffer.from(bytes.subarray(start + 1, bytes.indexOf(token.quote, start + 1)))
      .toString()
      .slice(0, 80),
  );
}
