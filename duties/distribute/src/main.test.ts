// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseConfig } from "./config.ts";

const base = await mkdtemp(join(tmpdir(), "distribute-main-"));
after(() => rm(base, { recursive: true }));

test("the process serves its store, and ends when told", async () => {
  const config = join(base, "config.json");
  await mkdir(join(base, "metadata"));
  await writeFile(join(base, "metadata/timestamp.json"), "{}");
  await writeFile(config, JSON.stringify({ port: 0, store: base }));
  const duty = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), config], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(duty.stdout, "data");
  const { url } = JSON.parse(String(line));
  assert.equal(await (await fetch(`${url}/metadata/timestamp.json`)).text(), "{}");
  duty.kill("SIGTERM");
  assert.deepEqual(await once(duty, "exit"), [0, null]);
});

test("a configuration is refused for any member missing, wrong or unknown", () => {
  assert.ok(parseConfig({ port: 0, store: "s" }).ok);
  assert.ok(parseConfig({ port: 65535, store: "s", host: "::1" }).ok);
  for (const wrong of [
    null,
    [],
    1,
    {},
    { port: 1 },
    { port: "1", store: "s" },
    { port: 65536, store: "s" },
    { port: 1, store: "" },
    { port: 1, store: "s", host: 1 },
    { port: 1, store: "s", key: "k" },
  ]) {
    assert.equal(parseConfig(wrong).ok, false, JSON.stringify(wrong));
  }
});
