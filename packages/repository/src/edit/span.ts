// SPDX-License-Identifier: Apache-2.0
import { stringEnd, valueEnd } from "@countersign/trust/canonical-scan";
import { signedJson } from "@countersign/trust/envelope";

/** One member of an object in canonical bytes: where its name starts, where its value starts, and where that ends. */
export interface Member {
  readonly start: number;
  readonly value: number;
  readonly end: number;
}

const [COMMA, OPEN, CLOSE] = [0x2c, 0x7b, 0x7d];
const canonical = { lowest: 0, depth: Number.POSITIVE_INFINITY };

/** True if the value at `at` is an object. */
export function isObject(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === OPEN;
}

/** The members of the object at `at`, in their order, which is that of their names by code point. Bytes that are not canonical are a bug, and throw. */
export function* members(bytes: Uint8Array, at: number): Generator<Member, void> {
  if (!isObject(bytes, at)) throw new TypeError(`no object at byte ${at}`);
  let start = at + 1;
  while (bytes[start] !== CLOSE) {
    const value = stringEnd(bytes, start, canonical.lowest) + 1; // behind a colon
    const end = endOf(bytes, value);
    yield { start, value, end };
    start = bytes[end] === COMMA ? end + 1 : end;
  }
}

/** The byte after the value at `at`. */
export function endOf(bytes: Uint8Array, at: number): number {
  const end = valueEnd(bytes, at, canonical, 0);
  if (end <= at) throw new TypeError(`no canonical JSON at byte ${at}`);
  return end;
}

/** The name of a member. */
export function nameOf(bytes: Uint8Array, { start, value }: Member): string {
  return String(signedJson({ message: bytes.subarray(start, value - 1) }));
}
