// SPDX-License-Identifier: Apache-2.0

/** Where something stands in the bytes, `[start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface MemberSpan extends Span {
  readonly key: Span;
  readonly value: Span;
  /** Where its object begins. */
  readonly object: number;
}

/** The parts of one JSON document. */
export interface JsonSpans {
  readonly values: readonly Span[];
  readonly strings: readonly Span[];
  readonly numbers: readonly Span[];
  readonly members: readonly MemberSpan[];
  /** Items of arrays, with where their array begins. */
  readonly items: readonly (Span & { readonly array: number })[];
}

/** Finds the parts of a document; undefined where the bytes are no JSON. */
export function jsonSpans(bytes: Buffer): JsonSpans | undefined {
  try {
    JSON.parse(bytes.toString());
  } catch {
    return undefined; // broken on purpose, by an earlier mutation
  }
  const values: Span[] = [];
  const strings: Span[] = [];
  const numbers: Span[] = [];
  const members: MemberSpan[] = [];
  const items: (Span & { readonly array: number })[] = [];
  let at = 0;

  const space = (): void => {
    while (at < bytes.length && (bytes[at] ?? 0) <= 0x20) at++;
  };
  const string = (): Span => {
    const start = at++;
    while (bytes[at] !== 0x22) at += bytes[at] === 0x5c ? 2 : 1;
    return { start, end: ++at };
  };
  const continues = (): boolean => {
    space();
    return bytes[at++] === 0x2c;
  };
  const object = (start: number): void => {
    at++;
    space();
    if (bytes[at] === 0x7d) return void at++;
    do {
      space();
      const key = string();
      space();
      at++; // the colon
      const value = read();
      members.push({ start: key.start, end: value.end, key, value, object: start });
    } while (continues());
  };
  const array = (start: number): void => {
    at++;
    space();
    if (bytes[at] === 0x5d) return void at++;
    do items.push({ ...read(), array: start });
    while (continues());
  };
  const read = (): Span => {
    space();
    const start = at;
    const first = bytes[at];
    if (first === 0x7b) object(start);
    else if (first === 0x5b) array(start);
    else if (first === 0x22) strings.push(string());
    else {
      while (at < bytes.length && !" \t\r\n,]}".includes(String.fromCharCode(bytes[at] ?? 0))) at++;
      if (first === 0x2d || (first !== undefined && first >= 0x30 && first <= 0x39)) numbers.push({ start, end: at });
    }
    const span = { start, end: at };
    values.push(span);
    return span;
  };
  read();
  return { values, strings, numbers, members, items };
}
