// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { must } from "@countersign/trust/simulator.test-support";
import { download } from "./download.ts";
import { fetchSmall } from "./fetch-small.ts";
import { network } from "./network.ts";
import { Published, upToDate } from "./published.test-support.ts";
import { streamChecks } from "./stream-checks.ts";
import { update } from "./update.ts";

const scratch = () => mkdtempDisposable(join(tmpdir(), "countersign-carried-"));

test("a device that reaches nobody follows copies of the repository that are carried to it; a copy of another ledger is refused, as online", async () => {
  const published = await Published.lay();
  await using carried = await scratch();
  const carry = async (): Promise<void> => {
    for (const [path, bytes] of published.files) {
      await mkdir(dirname(join(carried.path, path)), { recursive: true });
      await writeFile(join(carried.path, path), bytes);
    }
  };
  await carry();
  await using device = await upToDate(pathToFileURL(carried.path).href, published.files.get("metadata/1.root.json"));
  const check = async () => must(await update(device.path, { until: "check" }));
  assert.deepEqual([(await check()).result, (await check()).refusal], ["current", undefined]);

  await published.date();
  await published.renew();
  await carry();
  assert.equal((await check()).result, "current", "and the next copy, in a ledger that has grown");
  await published.fork(9);
  await published.renew();
  await carry();
  assert.equal((await check()).refusal?.code, "ledger-inconsistent");
});

test("an artifact is downloaded from a directory, also where a part of it is there already", async () => {
  await using place = await scratch();
  const bytes = Buffer.from("0123456789".repeat(1000));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await writeFile(join(place.path, "artifact"), bytes);
  await writeFile(join(place.path, "copy.part"), bytes.subarray(0, 4000));
  using way = network();
  const limits = { connectSeconds: 1, idleSeconds: 1, totalSeconds: 5, minimumBytesPerSecond: 1 };
  const url = pathToFileURL(join(place.path, "artifact")).href;
  must(await download({ url, file: join(place.path, "copy"), length: bytes.length, hashes: { sha256 }, limits }, streamChecks, way));
});

test("attack: a pipe, a directory or a file of another machine in the place of a document", async () => {
  await using place = await scratch();
  execFileSync("mkfifo", [join(place.path, "pipe")]);
  using way = network();
  const read = (url: string) => fetchSmall(way, { url, maxBytes: 100, seconds: 1 });
  for (const name of ["pipe", "", "nothing"]) assert.equal(must(await read(pathToFileURL(join(place.path, name)).href)), undefined, name);
  const elsewhere = await read("file://server/share");
  assert.equal(elsewhere.ok ? "read" : elsewhere.refusal.code, "http-status");
});
