// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_ROOT, leafHash, nodeHash } from "./hash.ts";
import { prefixRoot, verifyConsistency, verifyInclusion } from "./merkle.ts";

const MAX = 70;
const LEAVES = Array.from({ length: MAX }, (_, at) => leafHash(Buffer.from(`leaf ${at}`)));

/** RFC 9162 section 2.1 word for word, and nothing shared with the code under test but the two hashes. */
function root(leaves: readonly Uint8Array[]): Uint8Array {
  const [first = EMPTY_ROOT] = leaves;
  return leaves.length <= 1 ? first : nodeHash(root(leaves.slice(0, split(leaves.length))), root(leaves.slice(split(leaves.length))));
}
function split(n: number): number {
  return 2 ** (Math.ceil(Math.log2(n)) - 1);
}
function path(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return [];
  const [left, right] = [leaves.slice(0, split(leaves.length)), leaves.slice(split(leaves.length))];
  return m < left.length ? [...path(m, left), root(right)] : [...path(m - left.length, right), root(left)];
}
function subproof(m: number, leaves: readonly Uint8Array[], known: boolean): Uint8Array[] {
  if (m === leaves.length) return known ? [] : [root(leaves)];
  const [left, right] = [leaves.slice(0, split(leaves.length)), leaves.slice(split(leaves.length))];
  return m <= left.length ? [...subproof(m, left, known), root(right)] : [...subproof(m - left.length, right, false), root(left)];
}

/** Every proof that differs from this one in a bit, a missing hash, a hash too many, or a short hash. */
function* altered(proof: readonly Uint8Array[], seed: number): Generator<Uint8Array[]> {
  for (const [at, hash] of proof.entries()) {
    const flipped = Uint8Array.from(hash);
    const bit = (seed * 31 + at * 7) % 256;
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield proof.with(at, flipped);
    yield proof.toSpliced(at, 1);
    yield proof.with(at, hash.subarray(1));
  }
  yield [...proof, EMPTY_ROOT];
}

const ROOTS = Array.from({ length: MAX + 1 }, (_, size) => root(LEAVES.slice(0, size)));

test("the roots of the public eight-leaf example, at every size", () => {
  const inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
  const leaves = inputs.map((hex) => leafHash(Buffer.from(hex, "hex")));
  const roots = Array.from({ length: 9 }, (_, size) => Buffer.from(root(leaves.slice(0, size))).toString("hex"));
  assert.deepEqual(roots, [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ]);
});

test("each way in which the public cases of other implementations are wrong is wrong here: indexes, sizes, hashes in front, behind and swapped", () => {
  const [garbage, short] = [leafHash(Buffer.from("garbage")), new Uint8Array(31)];
  for (const [index, size] of [
    [0, 8],
    [5, 8],
    [2, 3],
    [1, 5],
  ] as const) {
    const [leaf, now] = [LEAVES[index] ?? EMPTY_ROOT, ROOTS[size] ?? EMPTY_ROOT];
    const proof = path(index, LEAVES.slice(0, size));
    assert.equal(verifyInclusion(index, size, leaf, proof, now), true);
    for (const place of [index - 1, index + 1, index ^ 2, size]) assert.equal(verifyInclusion(place, size, leaf, proof, now), false);
    for (const other of [size * 2, Math.floor(size / 2)]) assert.equal(verifyInclusion(index, other, leaf, proof, now), false);
    for (const [l, r] of [
      [garbage, now],
      [leaf, garbage],
      [EMPTY_ROOT, EMPTY_ROOT],
      [new Uint8Array(), new Uint8Array()],
      [short, short],
    ] as const)
      assert.equal(verifyInclusion(index, size, l, proof, r), false);
    for (const wrong of [[garbage, ...proof], [...proof, garbage], [now, ...proof], [...proof, now], proof.toSpliced(1, 0, garbage)])
      assert.equal(verifyInclusion(index, size, leaf, wrong, now), false);
  }
  assert.equal(verifyInclusion(0, 1, short, [], short), false, "equal, and no hashes");
  for (const [m, n] of [
    [1, 8],
    [6, 8],
    [2, 5],
    [6, 7],
  ] as const) {
    const [old, now] = [ROOTS[m] ?? EMPTY_ROOT, ROOTS[n] ?? EMPTY_ROOT];
    const proof = subproof(m, LEAVES.slice(0, n), true);
    assert.equal(verifyConsistency(m, n, old, now, proof), true);
    for (const place of [m - 1, m + 1, m ^ 2]) assert.equal(verifyConsistency(place, n, old, now, proof), false);
    for (const other of [n * 2, Math.floor(n / 2)]) assert.equal(verifyConsistency(m, other, old, now, proof), false);
    for (const [one, two] of [
      [now, old],
      [garbage, now],
      [old, garbage],
      [EMPTY_ROOT, now],
    ] as const)
      assert.equal(verifyConsistency(m, n, one, two, proof), false);
    for (const wrong of [
      [],
      [garbage, ...proof],
      [...proof, garbage],
      [old, ...proof],
      [now, ...proof],
      [...proof, old],
      [...proof, now],
      proof.slice(0, -1),
    ])
      assert.equal(verifyConsistency(m, n, old, now, wrong), false);
  }
  assert.equal(verifyConsistency(1, 1, short, short, []), false, "equal, and no hashes");
  assert.equal(verifyConsistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, []), false, "of the empty tree nothing is shown");
});

test("every inclusion proof of every size up to 70 verifies; none with a flipped bit, another length or another place does", () => {
  for (let size = 1; size <= MAX; size++) {
    const leaves = LEAVES.slice(0, size);
    const now = ROOTS[size] ?? EMPTY_ROOT;
    for (const [index, leaf] of leaves.entries()) {
      const proof = path(index, leaves);
      assert.equal(verifyInclusion(index, size, leaf, proof, now), true, `${index} of ${size}`);
      for (const bad of altered(proof, size * index))
        assert.equal(verifyInclusion(index, size, leaf, bad, now), false, `${index} of ${size}`);
      assert.equal(verifyInclusion(index, size, EMPTY_ROOT, proof, now), false);
      assert.equal(verifyInclusion(index, size, leaf, proof, EMPTY_ROOT), false);
      if (size > 1) assert.equal(verifyInclusion((index + 1) % size, size, leaf, proof, now), false);
    }
  }
});

test("every consistency proof up to 70 verifies; none with a flipped bit, another length or another old root does", () => {
  for (let n = 2; n <= MAX; n++) {
    const now = ROOTS[n] ?? EMPTY_ROOT;
    for (let m = 1; m < n; m++) {
      const old = ROOTS[m] ?? EMPTY_ROOT;
      const proof = subproof(m, LEAVES.slice(0, n), true);
      assert.equal(verifyConsistency(m, n, old, now, proof), true, `${m} to ${n}`);
      for (const bad of altered(proof, m * n)) assert.equal(verifyConsistency(m, n, old, now, bad), false, `${m} to ${n}`);
      assert.equal(verifyConsistency(m, n, EMPTY_ROOT, now, proof), false);
      assert.equal(verifyConsistency(m, n, old, EMPTY_ROOT, proof), false);
    }
  }
});

test("what the first leaves of a tree hash to, of every two sizes up to 70; no altered proof shows anything", () => {
  for (let n = 2; n <= MAX; n++) {
    const now = ROOTS[n] ?? EMPTY_ROOT;
    for (let m = 1; m < n; m++) {
      const proof = subproof(m, LEAVES.slice(0, n), false);
      assert.deepEqual(prefixRoot(m, n, now, proof), ROOTS[m], `${m} of ${n}`);
      for (const bad of altered(proof, m * n)) assert.equal(prefixRoot(m, n, now, bad), undefined, `${m} of ${n}`);
      assert.equal(prefixRoot(m, n, EMPTY_ROOT, proof), undefined);
    }
    assert.deepEqual(prefixRoot(n, n, now, []), now);
    assert.equal(prefixRoot(n, n, now, [now]), undefined);
    assert.equal(prefixRoot(0, n, now, []), undefined);
    assert.equal(prefixRoot(n + 1, n, now, [now]), undefined);
  }
});

test("equal sizes need equal roots and no proof; size 0, a smaller size and odd numbers prove nothing", () => {
  const root9 = ROOTS[9] ?? EMPTY_ROOT;
  assert.equal(verifyConsistency(9, 9, root9, root9, []), true);
  assert.equal(verifyConsistency(9, 9, root9, EMPTY_ROOT, []), false);
  assert.equal(verifyConsistency(9, 9, root9, root9, [root9]), false);
  assert.equal(verifyConsistency(0, 9, EMPTY_ROOT, root9, []), false);
  assert.equal(verifyConsistency(10, 9, root9, root9, []), false);
  for (const odd of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    assert.equal(verifyConsistency(odd, 9, root9, root9, []), false);
    assert.equal(verifyInclusion(odd, 9, root9, [], root9), false);
    assert.equal(verifyInclusion(0, odd, root9, [], root9), false);
  }
});

test("indexes above 2^32 are not cut to 32 bits", () => {
  const height = 40;
  const proof = Array.from({ length: height }, (_, at) => leafHash(Uint8Array.of(at)));
  const index = 2 ** 35 + 5;
  const leaf = leafHash(Buffer.from("deep"));
  const top = proof.reduce(
    (hash, sibling, at) => (Math.floor(index / 2 ** at) % 2 ? nodeHash(sibling, hash) : nodeHash(hash, sibling)),
    leaf,
  );
  assert.equal(verifyInclusion(index, 2 ** height, leaf, proof, top), true);
  assert.equal(verifyInclusion(5, 2 ** height, leaf, proof, top), false);
});
