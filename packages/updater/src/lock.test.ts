// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "./lock.ts";

const base = await mkdtemp(join(tmpdir(), "lock-"));
after(() => rm(base, { recursive: true }));

function run(code: string): ChildProcess {
  const module = JSON.stringify(new URL("./lock.ts", import.meta.url).href);
  const script = `const { withLock } = await import(${module}); const fs = await import("node:fs/promises");\n${code}`;
  return spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
}

test("the holder's result comes back, and its error too; both free the lock", async () => {
  const file = join(base, "result");
  assert.deepEqual(await withLock(file, 0, async () => 7), { ok: true, value: 7 });
  await assert.rejects(
    withLock(file, 0, async () => {
      throw new Error("bug");
    }),
    /bug/,
  );
  assert.ok((await withLock(file, 0, async () => 8)).ok);
});

test("processes that count up in turn lose no step", async () => {
  const [file, counter] = [join(base, "turns"), join(base, "counter")];
  await writeFile(counter, "0");
  const step = `
    for (let i = 0; i < 10; i++) {
      const outcome = await withLock(${JSON.stringify(file)}, 600_000, async () => {
        const count = Number(await fs.readFile(${JSON.stringify(counter)}, "utf8"));
        await new Promise((resolve) => setTimeout(resolve, 1));
        await fs.writeFile(${JSON.stringify(counter)}, String(count + 1));
      });
      if (!outcome.ok) process.exit(1);
    }`;
  const children = [run(step), run(step), run(step)];
  const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
  assert.deepEqual(codes, [0, 0, 0]);
  assert.equal(await readFile(counter, "utf8"), "30");
});

test("a second process is refused as busy after its wait, and gets the lock once the holder is killed by SIGKILL", async () => {
  const file = join(base, "killed");
  const holder = run(
    `await withLock(${JSON.stringify(file)}, 0, async () => { console.log("held"); await new Promise((resolve) => setTimeout(resolve, 60_000)); });`,
  );
  assert.ok(holder.stdout);
  await once(holder.stdout, "data");
  const refused = await withLock(file, 150, async () => "never");
  assert.equal(refused.ok ? "accepted" : refused.refusal.code, "busy");

  const waiting = withLock(file, 600_000, async () => "mine");
  await sleep(50);
  holder.kill("SIGKILL");
  assert.deepEqual(await waiting, { ok: true, value: "mine" });
});

test("two holders in one process exclude each other", async () => {
  const file = join(base, "same-process");
  const first = withLock(file, 0, async () => {
    const second = await withLock(file, 0, async () => "never");
    return second.ok ? "accepted" : second.refusal.code;
  });
  assert.deepEqual(await first, { ok: true, value: "busy" });
});

test("a lock file of rubbish does not stop updates for ever, and still locks", async () => {
  const file = join(base, "rubbish");
  await appendFile(file, "no database ".repeat(1000));
  const outcome = await withLock(file, 0, async () => (await withLock(file, 0, async () => "never")).ok);
  assert.deepEqual(outcome, { ok: true, value: false });
});
