// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { accept, refuse } from "@countersign/tlog/refusal";
import { startDuty } from "./child.ts";
import { serve } from "./http.ts";
import { runDuty } from "./process.ts";

// This file is also the processes it tests: a duty, and a parent that starts the duty and waits to be killed.
const role = process.env["DAEMON_TEST_ROLE"];
if (role === "duty") runDuty("echo", parseConfig, start);
else if (role === "parent") await parent();
else tests();

type Config = { readonly mode: string };

function parseConfig(json: unknown) {
  const mode = typeof json === "object" && json !== null && "mode" in json ? json.mode : undefined;
  return typeof mode === "string" ? accept({ mode }) : refuse("config-malformed", "a mode", "none", "set a mode");
}

async function start({ mode }: Config, signal: AbortSignal) {
  if (mode === "declines") return refuse("state-rolled-back", "size 3", "size 2", "restore the state");
  if (mode === "fails") throw new Error("disk on fire");
  if (mode === "key refused") throw Object.assign(new Error("no"), refuse("key-missing", "a key", "none", "make one"));
  if (mode.startsWith("leaves ")) process.on("exit", (code) => writeFileSync(mode.slice("leaves ".length), `${code}`));
  if (mode === "never closes") setInterval(() => undefined, 1000);
  return { url: await serve(() => Response.json({ pid: process.pid }), { port: 0 }, signal) };
}

async function parent(): Promise<void> {
  process.env["DAEMON_TEST_ROLE"] = "duty";
  const duty = await startDuty(import.meta.filename, process.argv[2] ?? "");
  process.stdout.write(`${JSON.stringify({ url: duty.url, pid: duty.child.pid })}\n`);
}

function tests(): void {
  const directory = mkdtempSync(join(tmpdir(), "daemon-"));
  after(() => rmSync(directory, { recursive: true }));
  const configure = (config: unknown): string => {
    const file = join(directory, "config.json");
    writeFileSync(file, typeof config === "string" ? config : JSON.stringify(config));
    return file;
  };
  const env = (as: string) => ({ ...process.env, DAEMON_TEST_ROLE: as });

  /** Runs the duty without a channel, to its end. */
  const run = async (...args: string[]) => {
    const child = spawn(process.execPath, [import.meta.filename, ...args], { env: env("duty"), stdio: ["ignore", "pipe", "pipe"] });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    const [code] = await once(child, "close");
    return { code, said: JSON.parse(stderr.split("\n")[0] ?? "") };
  };

  test("a configuration that is refused, missing or no JSON is said on stderr, with code 2", async () => {
    for (const [args, code] of [
      [[configure({})], "config-malformed"],
      [[], "config-missing"],
      [[join(directory, "nowhere.json")], "config-unreadable"],
    ] as const) {
      const ended = await run(...args);
      assert.equal(ended.code, 2);
      assert.deepEqual([ended.said.duty, ended.said.event, ended.said.code], ["echo", "refused", code]);
      assert.ok(ended.said.remedy);
    }
    assert.equal((await run(configure("{not json"))).said.code, "config-unreadable");
  });

  test("whoever starts a duty that declines has its refusal", async () => {
    process.env["DAEMON_TEST_ROLE"] = "duty";
    const started = startDuty(import.meta.filename, configure({ mode: "declines" }));
    await assert.rejects(started, {
      refusal: { code: "state-rolled-back", expected: "size 3", found: "size 2", remedy: "restore the state" },
    });
    delete process.env["DAEMON_TEST_ROLE"];
  });

  test("a state or a key that is refused ends with code 2, any other failure to start with code 1", async () => {
    assert.equal((await run(configure({ mode: "declines" }))).said.code, "state-rolled-back");
    assert.equal((await run(configure({ mode: "key refused" }))).said.code, "key-missing");
    const failed = await run(configure({ mode: "fails" }));
    assert.deepEqual([failed.code, failed.said.event, failed.said.error], [1, "failed", "disk on fire"]);
  });

  test("SIGTERM closes the server and ends with code 0; what never closes ends too", { timeout: 60_000 }, async () => {
    for (const mode of ["closes", "never closes"]) {
      const child = fork(import.meta.filename, [configure({ mode })], { env: env("duty"), silent: true });
      const [message] = await once(child, "message");
      assert.equal((await fetch(message.ready.url)).status, 200);
      child.kill("SIGTERM");
      const [code] = await once(child, "exit");
      assert.equal(code, 0);
    }
  });

  test("a duty ends when its parent is killed and can no longer tell it to", async () => {
    const trace = join(directory, "trace");
    const file = configure({ mode: `leaves ${trace}` });
    const killed = spawn(process.execPath, [import.meta.filename, file], { env: env("parent"), stdio: ["ignore", "pipe", "inherit"] });
    const { pid, url } = JSON.parse(await firstLine(killed));
    const answer = await fetch(url);
    assert.deepEqual(await answer.json(), { pid });
    killed.kill("SIGKILL");
    for (let wait = 0; (!existsSync(trace) || readFileSync(trace, "utf8") === "") && wait < 3000; wait++) await sleep(20);
    assert.equal(readFileSync(trace, "utf8"), "0");
  });
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return text;
}
