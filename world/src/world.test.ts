// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

test("every process of a world ends when its parent does, also when the parent is killed with SIGKILL", async () => {
  const root = await mkdtemp(join(tmpdir(), "countersign-world-"));
  try {
    const holder = spawn(process.execPath, [fileURLToPath(import.meta.resolve("./world-holder.test-support.ts")), join(root, "project")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(createInterface(holder.stdout), "line")) as [string];
    const processes = JSON.parse(line) as readonly { readonly duty: string; readonly pid: number }[];
    assert.equal(processes.length, 15);
    assert.deepEqual(
      processes.filter(({ pid }) => !isAlive(pid)),
      [],
      "all of them run",
    );

    holder.kill("SIGKILL");
    await once(holder, "exit");
    for (let waited = 0; waited < 60_000 && processes.some(({ pid }) => isAlive(pid)); waited += 100) await sleep(100);
    assert.deepEqual(
      processes.filter(({ pid }) => isAlive(pid)),
      [],
      "none of them is left",
    );
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // ESRCH: it is gone
  }
}
