// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { after, test } from "node:test";
import { createZstdCompress, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { entryChecks } from "./archive-entry-checks.ts";
import { type Entry, header, pax, tar } from "./tar.test-support.ts";
import { verifyTree } from "./tree.ts";
import { type UnpackLimits, unpack } from "./unpack.ts";

const base = await mkdtemp(join(tmpdir(), "unpack-"));
after(() => rm(base, { recursive: true }));

const limits: UnpackLimits = { unpackedBytes: 10_000_000, files: 100, pathLength: 300, depth: 10 };

let count = 0;

/** A private destination two levels down, so that what escapes it stays within the test's own directory. */
async function stage(archive: Buffer): Promise<{ archive: string; destination: string; outside: string }> {
  const outside = join(base, `outside-${count++}`);
  const destination = join(outside, "staging");
  await mkdir(destination, { recursive: true, mode: 0o700 });
  const file = join(outside, "archive.tar.zst");
  await writeFile(file, archive);
  return { archive: file, destination, outside };
}

async function outcomeOf(
  archive: Buffer,
  checks = entryChecks,
  bounds = limits,
): Promise<{ code: string; destination: string; outside: string }> {
  const place = await stage(archive);
  const outcome = await unpack(place.archive, place.destination, bounds, checks);
  return { code: outcome.ok ? "accepted" : outcome.refusal.code, ...place };
}

function without(name: string): typeof entryChecks {
  const rest = entryChecks.filter((check) => check.name !== name);
  assert.equal(rest.length, entryChecks.length - 1);
  return rest;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

test("an honest archive is unpacked as its manifest says: contents, modes, long and foreign names, empty files", async () => {
  const long = `${"é".repeat(60)}/${"f".repeat(100)}`;
  const place = await stage(
    zstdCompressSync(
      tar(
        { path: "bin/", type: "5", mode: 0o755 },
        { path: "bin/run", content: "#!/bin/sh\n", mode: 0o700 },
        { path: "empty" },
        { path: "large", content: "0123456789".repeat(100_000), mode: 0o600 },
        pax(`${long.length + 60 + 10} path=${long}\n`),
        { path: "stand-in", content: "long" },
        { path: "name", content: "prefixed", patch: [[345, "some/prefix"]] },
      ),
    ),
  );
  const umask = process.umask(0o077);
  const outcome = await unpack(place.archive, place.destination, limits, entryChecks).finally(() => process.umask(umask));
  assert.ok(outcome.ok);
  assert.deepEqual(outcome.value.files, [
    { path: "bin/run", mode: 0o755, length: 10, sha256: sha256("#!/bin/sh\n") },
    { path: "empty", mode: 0o644, length: 0, sha256: sha256("") },
    { path: "large", mode: 0o644, length: 1_000_000, sha256: sha256("0123456789".repeat(100_000)) },
    { path: "some/prefix/name", mode: 0o644, length: 8, sha256: sha256("prefixed") },
    { path: long, mode: 0o644, length: 4, sha256: sha256("long") },
  ]);
  assert.equal(await verifyTree(place.destination, outcome.value), undefined);
  assert.equal((await stat(join(place.destination, "some"))).mode & 0o7777, 0o755);
});

test("stage/path: a path that could leave the destination, or that a system reads differently, is refused with nothing written", async () => {
  const control = String.fromCharCode(7);
  const hostile = [
    "../x",
    "/etc/x",
    "a/../../x",
    ".",
    "./x",
    "a//x",
    "a/",
    "a\\x",
    "C:x",
    `a${control}`,
    "aux",
    "lib/NUL.txt",
    "COM1",
    "x.",
    "x ",
    "",
  ];
  for (const path of [...hostile, "é".repeat(128)]) {
    const { code, destination, outside } = await outcomeOf(
      zstdCompressSync(tar(pax(paxPath(path)), { path: "stand-in", content: "evil" })),
    );
    assert.equal(code, "unsafe-path", JSON.stringify(path));
    assert.deepEqual([await readdir(destination), (await readdir(outside)).sort()], [[], ["archive.tar.zst", "staging"]]);
  }
  const nul = await outcomeOf(zstdCompressSync(tar(pax(paxPath("a\0b")), { path: "stand-in" })));
  assert.equal(nul.code, "unsafe-path");
});

test("without stage/path, ../x lands outside the destination", async () => {
  const { code, outside } = await outcomeOf(zstdCompressSync(tar({ path: "../x", content: "evil" })), without("stage/path"));
  assert.equal(code, "accepted");
  assert.equal(await readFile(join(outside, "x"), "utf8"), "evil");
});

test("stage/type: links, devices and all that is no file or directory are refused; without it the archive passes, yet no link is made", async () => {
  for (const type of ["1", "2", "3", "4", "6", "7", "g", "L", "K", "S", "V", "\0"]) {
    const archive = zstdCompressSync(tar({ path: "way-out", type, link: "../.." }, { path: "way-out/x", content: "evil" }));
    const { code, destination } = await outcomeOf(archive);
    assert.equal(code, "unsafe-type", JSON.stringify(type));
    assert.deepEqual(await readdir(destination), []);
  }
  const link = zstdCompressSync(tar({ path: "way-out", type: "2", link: "../.." }));
  const { code, destination } = await outcomeOf(link, without("stage/type"));
  assert.equal(code, "accepted");
  assert.ok((await lstat(join(destination, "way-out"))).isFile());
});

test("stage/case-clash: two entries for one place are refused; without it both land, and one would hide the other elsewhere", async () => {
  const clashes: Entry[][] = [
    [{ path: "README" }, { path: "readme" }],
    [{ path: "same" }, { path: "same" }],
    [{ path: "caf\u00e9" }, { path: "cafe\u0301" }],
    [{ path: "Lib/one" }, { path: "lib/two" }],
    [{ path: "a" }, { path: "a/b" }],
    [{ path: "A" }, { path: "a/b" }],
    [{ path: "a/b" }, { path: "a" }],
    [
      { path: "d/", type: "5" },
      { path: "D/", type: "5" },
    ],
  ];
  for (const entries of clashes) {
    const { code } = await outcomeOf(zstdCompressSync(tar(...entries)));
    assert.equal(code, "name-clash", JSON.stringify(entries));
  }
  const archive = zstdCompressSync(tar({ path: "run", content: "good" }, { path: "RUN", content: "evil" }));
  const { code, destination } = await outcomeOf(archive, without("stage/case-clash"));
  if (existsSync(join(base, base.toUpperCase()))) return; // a case-insensitive file system stops it by itself
  assert.equal(code, "accepted");
  assert.deepEqual((await readdir(destination)).sort(), ["RUN", "run"]);
});

test("without stage/case-clash, a second entry of one name still overwrites nothing", async () => {
  const archive = zstdCompressSync(tar({ path: "run", content: "good" }, { path: "run", content: "evil" }));
  const { code, destination } = await outcomeOf(archive, without("stage/case-clash"));
  assert.equal(code, "entry-unwritable");
  assert.equal(await readFile(join(destination, "run"), "utf8"), "good");
});

test("stage/mode: setuid, setgid, sticky and world-writable are refused; without it the archive passes, yet the bit does not land", async () => {
  for (const mode of [0o4755, 0o2755, 0o1755, 0o666, 0o777, 0o100644]) {
    const { code } = await outcomeOf(zstdCompressSync(tar({ path: "tool", mode })));
    assert.equal(code, "unsafe-mode", mode.toString(8));
  }
  const { code, destination } = await outcomeOf(zstdCompressSync(tar({ path: "tool", mode: 0o4755 })), without("stage/mode"));
  assert.equal(code, "accepted");
  assert.equal((await stat(join(destination, "tool"))).mode & 0o7777, 0o755);
});

test("limits hold while it streams: a bomb of zeros, of files, of depth or of names stops there", async () => {
  const zeros = Buffer.alloc(64_000_000);
  const bomb = zstdCompressSync(tar({ path: "zeros", content: zeros }));
  assert.ok(bomb.length < 20_000);
  const { code, destination } = await outcomeOf(bomb);
  assert.equal(code, "archive-limit");
  assert.deepEqual(await readdir(destination), []);

  const many = Array.from({ length: 101 }, (_, index) => ({ path: `f${index}` }));
  assert.equal((await outcomeOf(zstdCompressSync(tar(...many)))).code, "archive-limit");
  assert.equal((await outcomeOf(zstdCompressSync(tar(...many.slice(1))))).code, "accepted");
  assert.equal((await outcomeOf(zstdCompressSync(tar({ path: `${"d/".repeat(10)}f` })))).code, "archive-limit");
  const name = "n/".repeat(200);
  assert.equal((await outcomeOf(zstdCompressSync(tar(pax(paxPath(name)), { path: "x" })))).code, "archive-limit");
  assert.equal((await outcomeOf(zstdCompressSync(tar(pax("9".repeat(1_000_000)), { path: "x" })))).code, "archive-limit");
});

test("what two readers of tar could understand differently is damage", async () => {
  const entry: Entry = { path: "file", content: "abc" };
  const plain = tar(entry);
  const dirtyPadding = Buffer.from(plain);
  dirtyPadding[512 + 100] = 1;
  const damages: Record<string, Buffer> = {
    "wrong checksum": tar({ ...entry, checksum: 1 }),
    "GNU magic": tar({ ...entry, patch: [[257, "ustar  \0"]] }),
    "base-256 size": tar({ ...entry, patch: [[124, "\u00800000000003"]] }),
    "size with a sign": tar({ ...entry, patch: [[124, "-0000000003\0"]] }),
    "bytes after the name's NUL": tar({ ...entry, patch: [[50, "x"]] }),
    "directory with content": tar({ path: "d/", type: "5", content: "abc" }),
    "padding that is not zero": dirtyPadding,
    "one end block": plain.subarray(0, -512),
    "no end": plain.subarray(0, -1024),
    "cut content": plain.subarray(0, 513),
    "cut header": plain.subarray(0, 100),
    "more after the end": Buffer.concat([plain, Buffer.alloc(512)]),
    nothing: Buffer.alloc(0),
    "pax size record": tar(pax("11 size=12\n"), entry),
    "two pax records": tar(pax("10 path=a\n10 path=b\n"), entry),
    "pax length that lies": tar(pax("11 path=a\n"), entry),
    "two pax headers": tar(pax("10 path=a\n"), pax("10 path=b\n"), entry),
    "pax header without entry": tar(pax("10 path=a\n")),
    "name that is not UTF-8": tar(Buffer.concat([rawName(Buffer.from([0x66, 0xff])), Buffer.alloc(0)])),
  };
  assert.equal((await outcomeOf(zstdCompressSync(plain))).code, "accepted");
  for (const [name, archive] of Object.entries(damages))
    assert.equal((await outcomeOf(zstdCompressSync(archive))).code, "archive-damaged", name);
});

test("damage to the compressed stream is damage: cut, followed by more, or no zstd at all", async () => {
  const packed = zstdCompressSync(tar({ path: "file", content: "abc" }));
  for (const archive of [
    packed.subarray(0, -2),
    Buffer.concat([packed, packed]),
    Buffer.concat([packed, Buffer.alloc(200_000, 1)]),
    Buffer.from("PK\x03\x04"),
  ]) {
    assert.equal((await outcomeOf(archive)).code, "archive-damaged");
  }
});

test("what Node's streaming compressor makes is accepted, with its empty last frame, but not that frame twice", async () => {
  const packed: Buffer[] = [];
  await pipeline([tar({ path: "file", content: "abc" }), Buffer.alloc(0)], createZstdCompress(), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) packed.push(chunk);
  });
  const archive = Buffer.concat(packed);
  assert.equal((await outcomeOf(archive)).code, "accepted");
  const emptyFrame = zstdCompressSync(Buffer.alloc(0));
  assert.equal((await outcomeOf(Buffer.concat([zstdCompressSync(tar({ path: "file" })), emptyFrame]))).code, "accepted");
  assert.equal((await outcomeOf(Buffer.concat([zstdCompressSync(tar({ path: "file" })), emptyFrame, emptyFrame]))).code, "archive-damaged");
});

test("no flipped byte of an archive makes unpack throw or write outside", async () => {
  const plain = tar({ path: "a/b", content: "abc" }, pax("10 path=c\n"), { path: "x", content: "d" });
  await fc.assert(
    fc.asyncProperty(fc.nat(plain.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const broken = Buffer.from(plain);
      broken[at] = (broken[at] ?? 0) ^ change;
      const { outside } = await outcomeOf(zstdCompressSync(broken));
      assert.deepEqual((await readdir(outside)).sort(), ["archive.tar.zst", "staging"]);
    }),
    { numRuns: 150 },
  );
});

test("the destination must be empty and private", async () => {
  const { archive, destination } = await stage(zstdCompressSync(tar({ path: "file" })));
  await chmod(destination, 0o750);
  const open = await unpack(archive, destination, limits, entryChecks);
  assert.equal(open.ok ? "accepted" : open.refusal.code, "staging-not-private");
  await chmod(destination, 0o700);
  assert.ok((await unpack(archive, destination, limits, entryChecks)).ok);
  const again = await unpack(archive, destination, limits, entryChecks);
  assert.equal(again.ok ? "accepted" : again.refusal.code, "staging-not-private");
});

function paxPath(path: string): string {
  const rest = Buffer.byteLength(` path=${path}\n`);
  const length = rest + String(rest + String(rest).length).length;
  return `${length} path=${path}\n`;
}

function rawName(name: Buffer): Buffer {
  const block = header({ path: "" });
  name.copy(block);
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
