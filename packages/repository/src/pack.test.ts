// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, link, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { packDirectory } from "./pack.ts";
import { tarHeader } from "./tar.ts";

const base = await mkdtemp(join(tmpdir(), "pack-"));
after(() => rm(base, { recursive: true }));

const long = `${"d".repeat(90)}/${"e".repeat(90)}`;
const tree: Record<string, string> = {
  "bin/run": "#!/bin/sh\n",
  "lib-a": "sorts between lib and lib/b",
  "lib/b": "",
  "lib/large": "0123456789abcdef".repeat(40_000),
  "größe 🦊": "not ASCII",
  [`${long}/fits-prefix-and-name`]: "p",
  [`${long}/${"f".repeat(120)}`]: "needs pax",
};

async function plant(directory: string): Promise<string> {
  const root = join(base, directory);
  for (const [path, content] of Object.entries(tree)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  await mkdir(join(root, "empty"));
  await chmod(join(root, "bin/run"), 0o700);
  return root;
}

test("the same directory packs to the same bytes, whatever its times, order and modes on disk", async () => {
  const one = await plant("one");
  const two = await plant("two");
  await chmod(join(two, "lib/b"), 0o600);
  await chmod(join(two, "lib"), 0o700);
  await rm(join(two, "lib-a"));
  await link(join(one, "lib-a"), join(two, "lib-a"));
  await utimes(join(two, "lib/b"), 1, 1);
  const [first, second] = [await packDirectory(one, join(base, "1.tar.zst")), await packDirectory(two, join(base, "2.tar.zst"))];
  assert.ok(first.ok);
  assert.deepEqual(first, second);
  const bytes = await readFile(join(base, "1.tar.zst"));
  assert.deepEqual(first.value, {
    length: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    unpacked: Object.values(tree).reduce((sum, content) => sum + Buffer.byteLength(content), 0),
    files: (await readdir(one, { recursive: true })).length,
  });
  await writeFile(join(two, "lib/b"), "x");
  const changed = await packDirectory(two, join(base, "2.tar.zst"));
  assert.notDeepEqual(first, changed);
});

test("any tar reads it back: names, contents, modes, order", async () => {
  const root = await plant("stock");
  assert.ok((await packDirectory(root, join(base, "stock.tar.zst"))).ok);
  await writeFile(join(base, "stock.tar"), zstdDecompressSync(await readFile(join(base, "stock.tar.zst"))));
  const out = join(base, "unpacked");
  await mkdir(out);
  execFileSync("tar", ["-xpf", join(base, "stock.tar"), "-C", out]);
  for (const [path, content] of Object.entries(tree)) assert.equal(await readFile(join(out, path), "utf8"), content, path);
  assert.deepEqual([(await stat(join(out, "bin/run"))).mode & 0o7777, (await stat(join(out, "lib/b"))).mode & 0o7777], [0o755, 0o644]);
  assert.ok((await stat(join(out, "empty"))).isDirectory());
  const listed = execFileSync("tar", ["--quoting-style=literal", "-tf", join(base, "stock.tar")], { encoding: "utf8" })
    .trim()
    .split("\n");
  const paths = listed.map((path) => path.replace(/\/$/, ""));
  assert.deepEqual(
    paths,
    [...paths].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  );
});

test("pax: a path record exactly where a name does not fit", () => {
  const header = (path: string) => tarHeader({ path, kind: "file", executable: false, size: 0 });
  for (const path of ["a", "a".repeat(100), `${"p".repeat(155)}/${"n".repeat(100)}`]) assert.equal(header(path).length, 512, path);
  for (const path of ["ü", "a".repeat(101), `${"p".repeat(156)}/n${"n".repeat(99)}`, `p/${"n".repeat(101)}`])
    assert.equal(header(path).length, 1536, path);
  for (let length = 101; length < 130; length++) {
    const record = /^(\d+) path=(.*)\n/.exec(header("x".repeat(length)).subarray(512).toString()) ?? [];
    assert.equal(record[0]?.length, Number(record[1]));
    assert.equal(record[2]?.length, length);
  }
});

test("attack: what would be another thing on the device is refused by name", async () => {
  const refusals: Record<string, (root: string) => Promise<unknown> | unknown> = {
    "file-special lib/link": (root) => symlink("/etc/passwd", join(root, "lib/link")),
    "file-special sub": (root) => symlink("lib", join(root, "sub")),
    "file-special pipe": (root) => execFileSync("mkfifo", [join(root, "pipe")]),
    "file-setuid bin/run": (root) => chmod(join(root, "bin/run"), 0o4755),
    "file-setuid lib": (root) => chmod(join(root, "lib"), 0o2755),
    'file-name "a\\\\b"': (root) => writeFile(join(root, "a\\b"), ""),
    'file-name "a\\nb"': (root) => writeFile(join(root, "a\nb"), ""),
    'file-name "lib/\ufffd"': (root) => writeFile(Buffer.concat([Buffer.from(join(root, "lib/")), Buffer.from([0xff])]), ""),
  };
  for (const [index, [expected, plantBad]] of Object.entries(refusals).entries()) {
    const root = await plant(`bad-${index}`);
    await plantBad(root);
    const packed = await packDirectory(root, join(base, "bad.tar.zst"));
    assert.equal(packed.ok ? "packed" : `${packed.refusal.code} ${packed.refusal.found}`, expected);
  }
});
