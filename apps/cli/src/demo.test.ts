// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtempDisposable, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";

const main = join(import.meta.dirname, "main.ts");

interface Told {
  readonly code: number;
  /** Rows of the summary. */
  readonly rows: readonly (readonly string[])[];
  readonly said: string;
}

/** Tells the demo to its end, in a directory for temporary files of its own. */
async function demo(scratch: string, ...options: readonly string[]): Promise<Told> {
  const child = spawn(process.execPath, [main, "demo", "--once", "--json", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TMPDIR: scratch },
  });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  const events = said.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
  return { code, said, rows: events.find(({ event }) => event === "table")?.rows ?? [] };
}

test("the story is told to its end on two real releases of esbuild, five attacks are refused, and nothing is left behind", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "countersign-story-"));
  const { code, rows, said } = await demo(scratch.path);
  assert.equal(code, 0, said);
  assert.deepEqual(
    rows.slice(1).map(([, ended]) => ended),
    [
      "installed and run",
      "installed and run, old version kept",
      "rolled back by itself",
      "flagged, kept running",
      "back on 0.28.1",
      ...Array(6).fill("refused"),
    ],
  );
  assert.deepEqual(await readdir(scratch.path), []);
});

test("the same story on two directories of the user's own", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "countersign-story-"));
  const [from, to] = [join(scratch.path, "one"), join(scratch.path, "two")];
  for (const directory of [from, to]) {
    await mkdir(directory);
    await writeFile(join(directory, "app"), `#!/bin/sh\necho ${directory}\n`, { mode: 0o755 });
  }
  const { code, rows, said } = await demo(scratch.path, "--from", from, "--to", to, "--run", "app");
  assert.equal(code, 0, said);
  assert.equal(rows.length, 12);
});

test("a directory that is not there is refused with what to do", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "countersign-story-"));
  const { code, said } = await demo(scratch.path, "--from", "/nowhere-1", "--to", "/nowhere-2", "--run", "app");
  assert.equal(code, 1);
  assert.match(said, /nowhere-1/);
});
