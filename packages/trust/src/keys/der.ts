// SPDX-License-Identifier: Apache-2.0

export const SEQUENCE = 0x30;
export const BIT_STRING = 0x03;
const INTEGER = 0x02;

/** Where the content of one element stands; the next element starts at `end`. */
export interface Element {
  readonly start: number;
  readonly end: number;
}

/** The element at `at`, in the one form that DER allows (X.690 10.1): this tag, the shortest length, and all of it there. */
export function element(bytes: Uint8Array, at: number, tag: number): Element | undefined {
  const first = bytes[at + 1];
  if (bytes[at] !== tag || first === undefined) return undefined;
  const extra = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || extra > 2) return undefined; // nothing that we read reaches 64 KiB
  const start = at + 2 + extra;
  let length = extra === 0 ? first : 0;
  for (const byte of bytes.subarray(at + 2, start)) length = length * 256 + byte;
  const shortest = length < 0x80 ? 0 : length < 0x100 ? 1 : 2;
  return extra === shortest && start + length <= bytes.length ? { start, end: start + length } : undefined;
}

/** A positive INTEGER in its shortest form (X.690 8.3.2) and where it ends; undefined for zero, negative and padded ones. */
export function positiveInteger(bytes: Uint8Array, at: number): { readonly value: bigint; readonly end: number } | undefined {
  const found = element(bytes, at, INTEGER);
  if (found === undefined) return undefined;
  const content = bytes.subarray(found.start, found.end);
  const [first = 0x80, second = 0] = content;
  if (first >= 0x80 || (first === 0 && second < 0x80)) return undefined;
  return { value: BigInt(`0x${Buffer.from(content).toString("hex")}`), end: found.end };
}

/** Exactly one SEQUENCE of exactly two positive integers: an ECDSA signature (RFC 3279 2.2.3), an RSA public key (RFC 8017 A.1.1). */
export function twoIntegers(bytes: Uint8Array): readonly [bigint, bigint] | undefined {
  const sequence = element(bytes, 0, SEQUENCE);
  if (sequence === undefined || sequence.end !== bytes.length) return undefined;
  const first = positiveInteger(bytes, sequence.start);
  const second = first && positiveInteger(bytes, first.end);
  return first !== undefined && second?.end === bytes.length ? [first.value, second.value] : undefined;
}
