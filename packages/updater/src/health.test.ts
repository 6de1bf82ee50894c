// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { constants, existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { isErrno } from "./errno.ts";
import { checkHealth, type HealthCheck } from "./health.ts";

const base = await mkdtemp(join(tmpdir(), "health-"));
after(() => rm(base, { recursive: true }));

let count = 0;

/** A slot whose program is a shell script. */
async function slot(script: string): Promise<string> {
  const directory = join(base, String(count++));
  await mkdir(directory);
  await writeFile(join(directory, "program"), `#!/bin/sh\n${script}\n`);
  await chmod(join(directory, "program"), 0o755);
  return directory;
}

/** Waits until no process holds a named pipe open any more: then all that inherited it have ended, whoever is their parent. */
async function abandoned(pipe: string): Promise<void> {
  await using file = await open(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  for (let held = true; held; await sleep(20))
    held = await file.read(Buffer.alloc(1), 0, 1, null).then(
      ({ bytesRead }) => bytesRead > 0,
      (error: unknown) => isErrno(error, "EAGAIN") || Promise.reject(error),
    );
}

async function codeOf(directory: string, part: Partial<HealthCheck> = {}): Promise<string> {
  const outcome = await checkHealth(directory, { command: ["program"], timeoutSeconds: 60, attempts: 1, ...part });
  return outcome.ok ? outcome.value.output : outcome.refusal.code;
}

test("the program runs in its slot with its arguments as they are, no input, and none of the updater's environment", async () => {
  process.env["NODE_OPTIONS"] ??= "--no-warnings";
  process.env["SECRET"] = "x";
  const directory = await slot('pwd; printf "%s\\n" "$1"; cat; env');
  const output = await codeOf(directory, { command: ["program", "$(echo no shell); *"] });
  assert.ok(output.startsWith(`${directory}\n$(echo no shell); *\n`), output);
  assert.doesNotMatch(output, /NODE_OPTIONS|SECRET/);
});

test("output is matched as expected, and capped at 64 KiB", async () => {
  assert.equal(await codeOf(await slot("echo version 2"), { expect: "version 2" }), "version 2\n");
  assert.equal(await codeOf(await slot("echo version 1; echo version 2 >&2"), { expect: "version 2" }), "health-output");
  const flood = await codeOf(await slot("head -c 1000000 /dev/zero | tr '\\0' x"));
  assert.equal(flood.length, 64 * 1024);
});

test("a failure is retried as often as allowed, and one success is enough", async () => {
  const flaky = await slot('echo x >> tries; [ "$(wc -l < tries)" -ge 3 ]');
  assert.equal(await codeOf(flaky, { attempts: 2 }), "health-exit");
  assert.equal(await readFile(join(flaky, "tries"), "utf8"), "x\nx\n");
  assert.equal(await codeOf(flaky, { attempts: 2 }), "");
});

test("a crash is not retried", async () => {
  const crashing = await slot("echo x >> tries; kill -SEGV $$");
  assert.equal(await codeOf(crashing, { attempts: 3 }), "health-crash");
  assert.equal(await readFile(join(crashing, "tries"), "utf8"), "x\n");
});

test("a program that hangs is ended with everything it has started", { timeout: 60_000 }, async () => {
  const directory = await slot("[ -p pipe ] || mkfifo pipe; sleep 600 3<>pipe & touch started; sleep 600");
  // However slow the machine, there is a time in which the program gets as far as starting another.
  for (let timeoutSeconds = 0.2; !existsSync(join(directory, "started")); timeoutSeconds *= 2)
    assert.equal(await codeOf(directory, { timeoutSeconds }), "health-timeout");
  await abandoned(join(directory, "pipe"));
});

test("a child left behind, holding the output open, neither lives on nor holds up the check", { timeout: 60_000 }, async () => {
  const directory = await slot("mkfifo pipe; sleep 600 3<>pipe & echo ready");
  assert.equal(await codeOf(directory), "ready\n");
  await abandoned(join(directory, "pipe"));
});

test("only a program of the release is run: no search path, no way out of the slot", async () => {
  const directory = await slot("true");
  for (const program of ["sh", "/bin/true", "../outside", "", "missing"]) {
    assert.equal(await codeOf(directory, { command: [program], attempts: 3 }), "health-crash", program);
  }
  await chmod(join(directory, "program"), 0o644);
  assert.equal(await codeOf(directory), "health-crash");
});
