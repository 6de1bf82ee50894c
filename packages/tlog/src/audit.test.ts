// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { before, test } from "node:test";
import fc from "fast-check";
import { appendLeaves } from "./append.ts";
import { auditLog } from "./audit.ts";
import { encodeBundle } from "./bundle.ts";
import { formatCheckpoint } from "./checkpoint.ts";
import { encodeEntry, parseEntry } from "./entry.ts";
import { leafHash, sha256 } from "./hash.ts";
import { parseLogPath } from "./log-path.ts";
import { formatNote } from "./note.ts";
import type { LogTrust } from "./quorum.ts";
import { cosign, type NoteSigner, rawPublicKey, signNote } from "./signer.ts";
import { bundlePath, TILE_WIDTH, tilePath, tilesBetween } from "./tile.ts";
import { keyIdOf } from "./vkey.ts";

const isEntry = (leaf: Uint8Array) => parseEntry(leaf).ok;
const entryOf = (number: number) => encodeEntry({ type: "channel", digest: Buffer.from(sha256(Buffer.from(`${number}`))).toString("hex") });

function signerOf(name: string, type: 1 | 4): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return { name, type, publicKey: rawPublicKey(publicKey), sign: async (message) => sign(null, message, privateKey) };
}
const vkeyOf = ({ name, type, publicKey }: NoteSigner) => ({ name, type, publicKey, keyId: keyIdOf(name, type, publicKey) });
const log = signerOf("log.example", 1);
const witnesses = [signerOf("w1.example", 4), signerOf("w2.example", 4), signerOf("w3.example", 4)];
const trust: LogTrust = { origin: log.name, log: vkeyOf(log), witnesses: witnesses.map(vkeyOf), quorum: 2 };

/** A log as ours writes it, grown in steps, so that partial tiles of earlier sizes stay behind. */
async function logOf(sizes: readonly number[]): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  let size = 0;
  let root = new Uint8Array();
  for (const next of sizes) {
    const fresh = Array.from({ length: next - size }, (_, at) => leafHash(entryOf(size + at)));
    const appended = await appendLeaves(size, fresh, async (path) => files.get(path));
    assert.ok(appended.ok);
    for (const { path, bytes } of appended.value.tiles) files.set(path, bytes);
    for (let index = Math.floor(size / TILE_WIDTH); index * TILE_WIDTH < next; index++) {
      const entries = Array.from({ length: Math.min(next, (index + 1) * TILE_WIDTH) - index * TILE_WIDTH }, (_, at) =>
        entryOf(index * TILE_WIDTH + at),
      );
      files.set(bundlePath(index, entries.length), encodeBundle(entries));
    }
    size = next;
    root = Uint8Array.from(appended.value.root);
  }
  const text = formatCheckpoint({ origin: log.name, size, root });
  const bytes = Buffer.from(text);
  const signatures = [
    await signNote(bytes, log),
    ...(await Promise.all(witnesses.map((witness) => cosign(bytes, 1_767_139_200, witness)))),
  ];
  return files.set("checkpoint", Buffer.from(formatNote(text, signatures)));
}

function audit(files: ReadonlyMap<string, Uint8Array>) {
  return auditLog(
    {
      read: async (path) => files.get(path),
      list: async function* () {
        yield* files.keys();
      },
    },
    trust,
    isEntry,
  );
}

let files: Map<string, Uint8Array>;
before(async () => {
  files = await logOf([1, 3, 255, 256, 300, 600, 771]);
});

test("a log that is as it was written has no fault, and every file of it was compared", async () => {
  for (const sizes of [[1], [256], [257], [700], [5, 511, 512, 1024]]) {
    const whole = await logOf(sizes);
    assert.deepEqual(await audit(whole), { entries: sizes.at(-1), files: whole.size, faults: [] });
  }
});

test("attack: any one flipped bit in any published file is found", async () => {
  const paths = [...files.keys()];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), fc.nat(), async (path, at) => {
      const bytes = Uint8Array.from(files.get(path) ?? []);
      const bit = at % (bytes.length * 8);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { faults } = await audit(new Map(files).set(path, bytes));
      assert.ok(faults.length > 0, `bit ${bit} of ${path}`);
    }),
    { numRuns: 150 },
  );
});

test("a damaged file is named, and not those of earlier sizes that it begins with", async () => {
  const grown = await logOf([3, 5, 9]);
  const path = tilePath({ level: 0, index: 0, width: 9 });
  const { faults } = await audit(new Map(grown).set(path, (grown.get(path) ?? new Uint8Array()).with(0, 0xff)));
  assert.deepEqual(
    faults.map((fault) => fault.path),
    [path],
  );
});

test("attack: every single bit of the checkpoint", async () => {
  const small = await logOf([3]);
  const note = small.get("checkpoint") ?? new Uint8Array();
  for (let bit = 0; bit < note.length * 8; bit++) {
    const bytes = Uint8Array.from(note);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const { faults } = await audit(new Map(small).set("checkpoint", bytes));
    assert.ok(faults.length > 0, `bit ${bit}: ${Buffer.from(bytes).toString()}`);
  }
});

test("attack: a file that is gone, one that no log has, and one too many", async () => {
  const needed = new Set(["checkpoint", ...[...tilesBetween(0, 771)].map(tilePath)]);
  for (const { level, index, width } of tilesBetween(0, 771)) if (level === 0) needed.add(bundlePath(index, width));
  for (const path of files.keys()) {
    const without = new Map(files);
    without.delete(path);
    const { faults } = await audit(without);
    assert.equal(faults.length > 0, needed.has(path), path); // partial files may go once a wider one is there
  }
  const { faults } = await audit(new Map(files).set("tile/0/999", new Uint8Array(32)).set("notes.txt", new Uint8Array()));
  assert.deepEqual(
    faults.map(({ path }) => path),
    ["tile/0/999", "notes.txt"],
  );
});

test("attack: a leaf that is no entry, in a tree that is right", async () => {
  const { faults } = await auditLog({ read: async (path) => files.get(path) }, trust, (leaf) => !Buffer.from(leaf).equals(entryOf(300)));
  assert.deepEqual(
    faults.map(({ found }) => found),
    ["another at 300"],
  );
});

test("paths are parsed exactly as they are printed", () => {
  for (const path of ["tile/0/000", "tile/0/x001/x234/067", "tile/63/000.p/1", "tile/entries/x001/000.p/255"])
    assert.ok(parseLogPath(path) !== undefined, path);
  for (const path of [
    "tile/0/x000/001",
    "tile/00/000",
    "tile/0/000.p/0",
    "tile/0/000.p/256",
    "tile/0/000.p/01",
    "tile/0/1",
    "tile/0/000/",
    "/tile/0/000",
  ])
    assert.equal(parseLogPath(path), undefined, path);
});
