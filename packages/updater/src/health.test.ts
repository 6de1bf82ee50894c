// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
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

test("a program that hangs is ended with everything it has started", async () => {
  const directory = await slot("(sleep 1; touch survived) & sleep 60");
  assert.equal(await codeOf(directory, { timeoutSeconds: 0.2 }), "health-timeout");
  await sleep(1200);
  await assert.rejects(readFile(join(directory, "survived")), { code: "ENOENT" });
});

test("a child left behind, holding the output open, neither lives on nor holds up the check", async () => {
  const directory = await slot("touch beats; (while sleep 0.05; do echo x >> beats; done) & echo ready");
  assert.equal(await codeOf(directory), "ready\n");
  const beats = (): Promise<string> => readFile(join(directory, "beats"), "utf8");
  const then = await beats();
  await sleep(500);
  assert.equal(await beats(), then);
});

test("only a program of the release is run: no search path, no way out of the slot", async () => {
  const directory = await slot("true");
  for (const program of ["sh", "/bin/true", "../outside", "", "missing"]) {
    assert.equal(await codeOf(directory, { command: [program], attempts: 3 }), "health-crash", program);
  }
  await chmod(join(directory, "program"), 0o644);
  assert.equal(await codeOf(directory), "health-crash");
});
