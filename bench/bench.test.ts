// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { canonicalBytes } from "@countersign/trust/canonical";
import { readEnvelope, signedJson } from "@countersign/trust/envelope";
import { network } from "@countersign/updater/network";
import { TufClient } from "@countersign/updater/tuf/client";
import { atLeast, atMost, median, times } from "./figure.ts";
import { generate, targetPath } from "./repositories/generate.ts";
import { Server } from "./server.ts";
import { runSubject } from "./subject.ts";

const base = mkdtempSync(join(tmpdir(), "countersign-bench-test-"));
after(() => rmSync(base, { recursive: true }));

for (const size of [{ targets: 50 }, { targets: 50, binBits: 3 }])
  test(`a generated repository is canonical to the byte, and a client finds its targets: ${JSON.stringify(size)}`, async () => {
    const directory = join(base, `${size.binBits ?? "flat"}`);
    generate(directory, size);
    for (const name of readdirSync(join(directory, "metadata"))) {
      const bytes = readFileSync(join(directory, "metadata", name));
      const read = readEnvelope((value) => value ?? null, bytes, name);
      assert.ok(read.ok, name);
      const { signatures } = read.value;
      assert.equal(Buffer.from(canonicalBytes({ signatures, signed: signedJson(read.value) })).toString(), bytes.toString());
    }
    using server = await Server.start(directory);
    using net = network();
    const root = readFileSync(join(directory, "metadata", "1.root.json"));
    const client = new TufClient({ directory: join(directory, "store"), metadataUrls: [`${server.url}/metadata`], root, network: net });
    assert.equal((await client.lookup(targetPath(31))).outcome.ok, true);
    assert.equal((await client.lookup(targetPath(50))).outcome.ok, false);
    const { requests, bytes } = await server.traffic();
    assert.equal(requests, size.binBits === undefined ? 4 : 6); // next root, timestamp, snapshot, targets; two bins
    assert.ok(bytes > 1000);
    assert.deepEqual(await server.traffic(), { requests: 0, bytes: 0 });
  });

test("a subject is measured, and one that fails or takes too long says so", async () => {
  const report = await runSubject("hash-in-memory", [String(2 ** 21)], 60);
  assert.ok(typeof report !== "string" && (report.steps["hash"] ?? 0) > 0 && report.peak > 2 ** 24);
  assert.match(String(await runSubject("ours", ["http://127.0.0.1:1", base, join(base, "none"), ""], 60)), /ENOENT/);
  assert.equal(await runSubject("hash-in-memory", [String(2 ** 40)], 0.5), "not done in 0.5 s");
});

test("a figure is kept or missed at its limit", () => {
  assert.equal(atMost("f", 2, 2, times).verdict, "kept");
  assert.equal(atMost("f", 2.01, 2, times).verdict, "missed");
  assert.equal(atLeast("f", 0.84, 0.85, times).verdict, "missed");
  assert.equal(atLeast("f", 0.85, 0.85, times).verdict, "kept");
  assert.equal(median([5, 1, 9]), 5);
});
