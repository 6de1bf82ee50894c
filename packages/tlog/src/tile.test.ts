// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { bundlePath, parseTile, tilePath, tilesBetween } from "./tile.ts";

test("tile paths as the specification has them", () => {
  assert.equal(tilePath({ level: 0, index: 0, width: 256 }), "tile/0/000");
  assert.equal(tilePath({ level: 0, index: 999, width: 256 }), "tile/0/999");
  assert.equal(tilePath({ level: 3, index: 1000, width: 256 }), "tile/3/x001/000");
  assert.equal(tilePath({ level: 0, index: 1234067, width: 5 }), "tile/0/x001/x234/067.p/5");
  assert.equal(bundlePath(1234067, 256), "tile/entries/x001/x234/067");
  assert.equal(bundlePath(0, 15), "tile/entries/000.p/15");
});

test("the tiles of a tree of 70000: 273 and p/112, 1 and p/17, p/1; of 256: one full and p/1", () => {
  const tiles = [...tilesBetween(0, 70_000)];
  const shape = [0, 1, 2, 3].map((level) => tiles.filter((tile) => tile.level === level).map(({ width }) => width));
  assert.deepEqual(shape, [[...Array(273).fill(256), 112], [256, 17], [1], []]);
  assert.deepEqual([...tilesBetween(0, 256)].map(tilePath), ["tile/0/000", "tile/1/000.p/1"]);
  assert.deepEqual([...tilesBetween(0, 0)], []);
});

test("between two sizes, only what the smaller one lacks", () => {
  assert.deepEqual([...tilesBetween(255, 257)].map(tilePath), ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]);
  assert.deepEqual([...tilesBetween(257, 258)].map(tilePath), ["tile/0/001.p/2"]);
  assert.deepEqual([...tilesBetween(300, 300)], []);
});

test("a tile that is short, ragged or too long is refused; one that is wider is cut", () => {
  assert.equal(parseTile(Buffer.alloc(32 * 4), 5), undefined);
  assert.equal(parseTile(Buffer.alloc(32 * 5 + 1), 5), undefined);
  assert.equal(parseTile(Buffer.alloc(32 * 257), 256), undefined);
  assert.equal(parseTile(Buffer.alloc(32 * 256), 5)?.length, 5);
});
