// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { appendLeaves } from "./append.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { EMPTY_ROOT, leafHash } from "./hash.ts";
import { prefixRoot, verifyConsistency, verifyInclusion } from "./merkle.ts";
import { tilePath, tilesBetween } from "./tile.ts";
import { consistencyProof, inclusionProof, prefixProof, type ReadTile, treeRoot } from "./tree.ts";

/** A log in memory that grows by the given steps; `roots` has the root after each size. */
async function grow(leaves: readonly Uint8Array[], steps: readonly number[]) {
  const files = new Map<string, Uint8Array>();
  const roots = new Map<number, Uint8Array>([[0, EMPTY_ROOT]]);
  const read: ReadTile = async (path) => files.get(path);
  let size = 0;
  for (const step of steps) {
    const appended = await appendLeaves(size, leaves.slice(size, size + step), read);
    assert.ok(appended.ok);
    for (const { path, bytes } of appended.value.tiles) files.set(path, bytes);
    size = appended.value.size;
    roots.set(size, appended.value.root);
  }
  return { files, roots, read, size };
}

const leavesOf = (count: number) => Array.from({ length: count }, (_, at) => leafHash(Buffer.from(`leaf ${at}`)));

/** The entries of tessera's public test log, with its roots at sizes 8, 9 and 15. */
const WORDS = "one two three four five six seven eit nain ten ileven twelf threeten fourten fivten".split(" ");

test("tessera's public log of 15 entries: its roots, inclusion(3, 15) and consistency(9, 15)", async () => {
  const { roots, read } = await grow(
    WORDS.map((word) => leafHash(Buffer.from(word))),
    Array(15).fill(1),
  );
  const rootAt = (size: number) => encodeBase64(roots.get(size) ?? EMPTY_ROOT);
  assert.equal(rootAt(8), "bC+VwvrJbalNVjfkdI8kUgs7mJoXrqiXCE7bgnD28pY=");
  assert.equal(rootAt(9), "CvhHViE3S9E3htHLR+25mapWoGCJ3WckMq1UtC3VmEY=");
  assert.equal(rootAt(15), "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=");

  const inclusion = await inclusionProof(3, 15, read);
  assert.ok(inclusion.ok);
  assert.deepEqual(inclusion.value.map(encodeBase64), [
    "Zx8UbF5HHooag6PCFM5LqQe486WIjRTMjNPOdbsS75Q=",
    "T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=",
    "g0ZoeYWtIV8Q8i+4CmgqPnBvH2il107lyCgTQsyB7H4=",
    "5jLpqTgjsBDSEX6SgZiRnbTMdTuRd8bQ5tSsAOxe0Ks=",
  ]);
  assert.equal(encodeBase64(leafHash(Buffer.from("four"))), "9xWrP6pdBx5uKsS7mU1b9zWUPcw3mdoNCF55gM+5M2o=");

  const consistency = await consistencyProof(9, 15, read);
  assert.ok(consistency.ok);
  assert.deepEqual(consistency.value.map(encodeBase64), [
    "91HQqaPzWlbBsUDk3JvSpOTK7Bc4ifZGxXZzfABOmuU=",
    "HTl9PRkCsBHBJiDsgnbxPM+BP5oV3HsHfbLi8MoJB30=",
    "UaHiSrgbkmaCsusBntn9ux0S2PsqH1y6DHQAxe6wrPg=",
    "Oy+stN8Ie64lJ90ILA9yEeOWSzBgC+6RjoKksiWsR7Y=",
    "bC+VwvrJbalNVjfkdI8kUgs7mJoXrqiXCE7bgnD28pY=",
  ]);
  assert.equal(decodeBase64(rootAt(15))?.length, 32);
});

test("every proof read from tiles verifies, for every size up to 70", async () => {
  const leaves = leavesOf(70);
  const { roots, read } = await grow(leaves, Array(70).fill(1));
  const rootAt = (size: number) => roots.get(size) ?? EMPTY_ROOT;
  for (let n = 1; n <= 70; n++) {
    const computed = await treeRoot(n, read);
    assert.deepEqual(computed, { ok: true, value: rootAt(n) });
    for (let m = 1; m <= n; m++) {
      const inclusion = await inclusionProof(m - 1, n, read);
      const consistency = await consistencyProof(m, n, read);
      const prefix = await prefixProof(m, n, read);
      assert.ok(inclusion.ok && consistency.ok && prefix.ok);
      assert.equal(verifyInclusion(m - 1, n, leaves[m - 1] ?? EMPTY_ROOT, inclusion.value, rootAt(n)), true, `${m - 1} of ${n}`);
      assert.equal(verifyConsistency(m, n, rootAt(m), rootAt(n), consistency.value), true, `${m} to ${n}`);
      assert.deepEqual(prefixRoot(m, n, rootAt(n), prefix.value), rootAt(m), `${m} of ${n}`);
    }
  }
});

test("across tile levels: 66000 leaves in uneven steps, exactly the tiles of the specification, proofs at the borders", async () => {
  const leaves = leavesOf(66_000);
  const steps = [1, 254, 1, 1, 255, 700, 64_323, 1, 464];
  const { files, roots, read, size } = await grow(leaves, steps);
  assert.equal(size, 66_000);
  for (const tile of tilesBetween(0, size)) assert.equal(files.get(tilePath(tile))?.length, tile.width * 32, tilePath(tile));
  const last = roots.get(size) ?? EMPTY_ROOT;
  for (const index of [0, 255, 256, 511, 65_535, 65_536, 65_999]) {
    const proof = await inclusionProof(index, size, read);
    assert.ok(proof.ok);
    assert.equal(verifyInclusion(index, size, leaves[index] ?? EMPTY_ROOT, proof.value, last), true, `${index}`);
  }
  for (const [m, root] of roots) {
    if (m === 0) continue;
    const proof = await consistencyProof(m, size, read);
    assert.ok(proof.ok);
    assert.equal(verifyConsistency(m, size, root, last, proof.value), true, `${m}`);
  }
});

test("a partial tile that was cleaned away is read from the full one", async () => {
  const leaves = leavesOf(300);
  const { files, roots, read } = await grow(leaves, [100, 200]);
  files.delete("tile/0/000.p/100");
  const computed = await treeRoot(100, read);
  assert.deepEqual(computed, { ok: true, value: roots.get(100) });
});

test("missing and damaged tiles, and places outside of the tree, are refusals", async () => {
  const { files, read } = await grow(leavesOf(300), [300]);
  const code = async (outcome: ReturnType<typeof inclusionProof>) => {
    const result = await outcome;
    return result.ok ? "ok" : result.refusal.code;
  };
  assert.equal(await code(inclusionProof(300, 300, read)), "proof-range");
  assert.equal(await code(inclusionProof(-1, 300, read)), "proof-range");
  assert.equal(await code(consistencyProof(0, 300, read)), "proof-range");
  assert.equal(await code(consistencyProof(301, 300, read)), "proof-range");
  files.set("tile/0/001.p/44", Buffer.alloc(31));
  assert.equal(await code(inclusionProof(299, 300, read)), "tile-malformed");
  files.delete("tile/0/001.p/44");
  assert.equal(await code(inclusionProof(299, 300, read)), "tile-missing");
});
