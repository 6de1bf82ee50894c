// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";

/** Every hash in a tile log is a SHA-256. */
export const HASH_BYTES = 32;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** SHA-256 of the parts, one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(hash("sha256", Buffer.concat(parts), "buffer")); // in one call: a hash object costs more than the hash of a node
}

/** RFC 6962 section 2.1: a leaf can never be taken for a node, because the two are hashed under different first bytes. */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(LEAF, entry);
}

/** RFC 6962 section 2.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE, left, right);
}

/** The root of the tree without leaves. */
export const EMPTY_ROOT: Uint8Array = sha256();

/** Compares public values; it does not run in constant time. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
