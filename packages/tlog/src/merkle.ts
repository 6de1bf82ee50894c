// SPDX-License-Identifier: Apache-2.0
import { equalBytes, HASH_BYTES, nodeHash } from "./hash.ts";

// Sizes go to 2^53-1, so halving is done with arithmetic: the bit operators of JavaScript stop at 32 bits.
const half = (value: number): number => Math.floor(value / 2);
const isOdd = (value: number): boolean => value % 2 === 1;

/** Whether the leaf with this hash has this index in the tree of this size and root (RFC 9162 section 2.1.3.2). */
export function verifyInclusion(index: number, size: number, leaf: Uint8Array, proof: readonly Uint8Array[], root: Uint8Array): boolean {
  if (!isIndex(index) || !isIndex(size) || index >= size || !areHashes([leaf, root, ...proof])) return false;
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equalBytes(hash, root);
}

/**
 * Whether the tree (n, rootN) begins with all leaves of the tree (m, rootM), in order (RFC 9162 section 2.1.4.2).
 *
 * False for m = 0: nothing can be proven of an empty tree, and what it means is for the caller to say.
 */
export function verifyConsistency(m: number, n: number, rootM: Uint8Array, rootN: Uint8Array, proof: readonly Uint8Array[]): boolean {
  if (!isIndex(m) || !isIndex(n) || m === 0 || m > n || !areHashes([rootM, rootN, ...proof])) return false;
  if (m === n) return proof.length === 0 && equalBytes(rootM, rootN);
  // Where m is a power of two, the old tree is one whole node of the new one, and its root opens the proof.
  const folded = foldBoth(m, n, isPowerOfTwo(m) ? [rootM, ...proof] : proof);
  return folded !== undefined && equalBytes(folded.old, rootM) && equalBytes(folded.now, rootN);
}

/**
 * What the first m leaves of the tree (n, rootN) hash to, by a `prefixProof` of it; undefined where that is no proof of this tree. Where it is not the root
 * that was signed for size m, no consistency proof can be: the two trees contradict each other, and this shows it to anybody.
 */
export function prefixRoot(m: number, n: number, rootN: Uint8Array, proof: readonly Uint8Array[]): Uint8Array | undefined {
  if (!isIndex(m) || !isIndex(n) || m === 0 || m > n || !areHashes([rootN, ...proof])) return undefined;
  if (m === n) return proof.length === 0 ? rootN : undefined;
  const folded = foldBoth(m, n, proof);
  return folded !== undefined && equalBytes(folded.now, rootN) ? folded.old : undefined;
}

/** Both trees from the hashes of subtrees on the way between them, the first of which is the largest that ends where the old tree does. */
function foldBoth(
  m: number,
  n: number,
  [first, ...rest]: readonly Uint8Array[],
): { readonly old: Uint8Array; readonly now: Uint8Array } | undefined {
  if (first === undefined) return undefined;
  let fn = m - 1;
  let sn = n - 1;
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  let old = first;
  let now = first;
  for (const sibling of rest) {
    if (sn === 0) return undefined;
    if (isOdd(fn) || fn === sn) {
      old = nodeHash(sibling, old);
      now = nodeHash(sibling, now);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      now = nodeHash(now, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 ? { old, now } : undefined;
}

function isPowerOfTwo(value: number): boolean {
  let odd = value;
  while (!isOdd(odd)) odd = half(odd);
  return odd === 1;
}

function isIndex(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function areHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash) => hash.length === HASH_BYTES);
}
