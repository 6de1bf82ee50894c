// SPDX-License-Identifier: Apache-2.0

/** A public key, ready to verify with. */
export interface Verifier {
  /** Its one spelling in our documents, as `keyval.public` (TUF 4.2). */
  readonly spelling: string;
  /** True if `signature` is one of `message`. Never throws, whatever the bytes. */
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

/** One kind of key: a row of the table in `key.ts`. */
export interface KeyKind {
  readonly keytype: string;
  readonly scheme: string;
  /** Reads a key in any spelling that TUF clients accept; undefined where no signature under it may count. */
  read(text: string): Verifier | undefined;
}

/** What is made at its first use, and kept: most keys of a document are read and never verify anything. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Bytes from hex digits of either case; undefined for anything else. */
export function fromHex(text: string): Buffer | undefined {
  return /^(?:[0-9A-Fa-f]{2})+$/.test(text) ? Buffer.from(text, "hex") : undefined;
}
