// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { zstdCompressSync } from "node:zlib";
import { people, rootOf } from "@countersign/trust/founding.test-support";
import { digestOf, must, signedBytes, statementOf } from "@countersign/trust/simulator.test-support";
import { createDevice } from "../device.ts";
import { done, type Gate, gate } from "../gate.ts";
import type { Report } from "../report.ts";
import { type Entry, tar } from "../tar.test-support.ts";
import { update } from "../update.ts";
import { stageGate } from "./stage.ts";

const end: Gate = gate({ number: 15, name: "the end", checks: {}, pass: async () => done });

/** What a device says to a release with these files and privileges that has come as far as gate 14. */
async function stages(entries: readonly Entry[], privileges: readonly string[] = [], stage: Gate = stageGate): Promise<Report> {
  await using place = await mkdtempDisposable(join(tmpdir(), "countersign-stage-"));
  const archive = join(place.path, "archive.tar.zst");
  await writeFile(archive, zstdCompressSync(tar(...entries)));
  const [artifact] = statementOf().artifacts;
  assert.ok(artifact);
  const body = statementOf({ privileges, artifacts: [{ ...artifact, unpacked: 1000, files: 100 }] });
  const earlier = gate({
    number: 13,
    name: "what earlier gates found",
    checks: {},
    async pass({ found }) {
      found.choice = { release: { body, digest: digestOf("release"), approvals: [], proof: "" }, reason: "newer" };
      found.artifactFile = archive;
      return { ok: true, value: "go-on" };
    },
  });
  const device = join(place.path, "device");
  const config = { product: "hello", platform: "linux-x64", channel: "stable", id: "d", privileges: [], installer: "directory" } as const;
  await createDevice(device, { ...config, url: pathToFileURL(place.path).href }, await signedBytes(rootOf(), people.alice, people.bob));
  return must(await update(device, { until: "install", gates: [earlier, stage, end] }));
}

const verdict = ({ trail, refusal }: Report) => [refusal?.code, trail.at(-1)?.gate, trail.at(-1)?.check];
const passed = [undefined, 14, "stage/observed-privileges"];
const refused = ["privilege-undeclared", 14, "stage/observed-privileges"];

const program: Entry = { path: "bin/hello", content: "#!/bin/sh\n", mode: 0o755 };
const driver = Buffer.from("7f454c46020101000000000000000000", "hex");

test("attack: a staged file that the system would run or obey by itself, or a driver, and nobody was told", async () => {
  const attacks: readonly (readonly [file: Entry, privilege: string])[] = [
    [{ path: "etc/cron.d/hello", content: "* * * * * root /opt/hello\n" }, "service"],
    [{ path: "etc/sudoers.d/hello" }, "root"],
    [{ path: "drivers/hello.ko", content: driver }, "kernel"],
    [{ path: "drivers/hello.sys", content: Buffer.from("MZ\x90") }, "kernel"],
  ];
  for (const [file, privilege] of attacks) {
    assert.deepEqual(verdict(await stages([program, file])), refused, file.path);
    assert.deepEqual(verdict(await stages([program, file], [privilege])), passed, file.path);
  }
});

test("without stage/observed-privileges, the same release is staged", async () => {
  const without = { ...stageGate, checks: { ...stageGate.checks, privileges: [] } };
  const report = await stages([program, { path: "etc/cron.d/hello" }], [], without);
  assert.deepEqual([report.refusal, report.result], [undefined, "current"]);
});

test("no update is stopped over a name: a unit that lies elsewhere, Korean texts, a driver's name without its bytes", async () => {
  const honest = ["share/hello.service", "share/hello.timer", "locale/hello.ko", "locale/hello.ko.gz", "data/config.sys", "empty/x.ko"];
  const entries = honest.map((path): Entry => ({ path, content: path.startsWith("empty") ? "" : "text, and more of it" }));
  const report = await stages([program, ...entries]);
  assert.deepEqual(verdict(report), passed);
  assert.equal(report.trail.at(-1)?.found, "none that the system runs or obeys by itself");
});
