// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtempDisposable, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { test } from "node:test";

const main = join(import.meta.dirname, "main.ts");

interface Said {
  readonly event: string;
  readonly text?: string;
  readonly rows?: readonly (readonly string[])[];
}

interface Told {
  readonly code: number;
  /** Rows of the summary. */
  readonly rows: readonly (readonly string[])[];
  readonly said: string;
}

/** Tells the demo, in a directory for temporary files of its own: to its end, or until somebody has heard enough. */
async function demo(scratch: string, options: readonly string[], enough: (event: Said) => boolean = () => false): Promise<Told> {
  const child = spawn(process.execPath, [main, "demo", "--once", "--json", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TMPDIR: scratch },
  });
  const ended = once(child, "exit");
  const events: Said[] = [];
  for await (const line of createInterface(child.stdout)) {
    events.push(JSON.parse(line));
    if (events.slice(-1).some(enough)) child.kill("SIGINT");
  }
  const [code] = await ended;
  const said = events.map((event) => JSON.stringify(event)).join("\n");
  return { code, said, rows: events.find(({ event }) => event === "table")?.rows ?? [] };
}

test("the story is told to its end on two real releases of esbuild, five attacks are refused, and nothing is left behind", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "countersign-story-"));
  const { code, rows, said } = await demo(scratch.path, []);
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

test("the same story on two directories of the user's own; Ctrl-C in its middle ends it, and nothing is left behind", async () => {
  await using place = await mkdtempDisposable(join(tmpdir(), "countersign-own-"));
  await using scratch = await mkdtempDisposable(join(tmpdir(), "countersign-story-"));
  const [from, to] = [join(place.path, "one"), join(place.path, "two")];
  for (const directory of [from, to]) {
    await mkdir(directory);
    await writeFile(join(directory, "app"), `#!/bin/sh\necho ${directory}\n`, { mode: 0o755 });
  }
  const own = ["--from", from, "--to", to, "--run", "app"];
  const { code, said } = await demo(scratch.path, own, ({ text }) => text === "A third release, signed by everybody, does not work");
  assert.equal(code, 130, said);
  for (const directory of [from, to]) assert.ok(said.includes(`{"event":"detail","text":"${directory}"}`), said); // what the program itself printed
  assert.deepEqual(await readdir(scratch.path), []);
});

test("a directory that is not there is refused with what to do", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "countersign-story-"));
  const { code, said } = await demo(scratch.path, ["--from", "/nowhere-1", "--to", "/nowhere-2", "--run", "app"]);
  assert.equal(code, 1);
  assert.match(said, /nowhere-1/);
});
