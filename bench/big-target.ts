// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";
import { closeSync, linkSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { atLeast, atMost, bytes, type Figure, mebibytes, median, shown, times, unmeasured } from "./figure.ts";
import { cached, scratch } from "./repositories/cached.ts";
import { generate } from "./repositories/generate.ts";
import { Server } from "./server.ts";
import { ownLimitSeconds, type Settings } from "./settings.ts";
import { runSubject } from "./subject.ts";

const name = "big.bin";
const peakLimit = 120e6;

/** The download of one large target: its rate against the least that its bytes cost, and what it takes in memory and writes to disk. */
export async function bigTargetFigures(settings: Settings): Promise<readonly Figure[]> {
  const length = settings.quick ? 2 ** 27 : 2 ** 30;
  const what = `a target of ${mebibytes(length)}`;
  settings.progress(what);
  const directory = await cached(`big-${length}`, (empty) => makeBig(empty, length));
  const file = readFileSync(join(directory, "path"), "utf8");
  using server = await Server.start(directory);

  const seconds: Record<"hash" | "copy" | "receive" | "download", number[]> = { hash: [], copy: [], receive: [], download: [] };
  const peaks: number[] = [];
  const written: number[] = [];
  for (let round = 0; round < settings.repeat; round++) {
    settings.progress(`${what}, round ${round + 1} of ${settings.repeat}`);
    const [store, destination] = [scratch("store"), scratch("destination")];
    const hash = await runSubject("hash-in-memory", [String(length)], ownLimitSeconds);
    const copy = await runSubject("copy-file", [join(directory, file), join(scratch("copy"), name)], ownLimitSeconds);
    const receive = await runSubject("requests", [server.url, file], ownLimitSeconds);
    scratch("copy"); // gone before the next one writes: a virtual machine may have to fetch memory for what lies beside it, which takes longer than writing
    const anchor = join(directory, "metadata", "1.root.json");
    const ours = await runSubject("download", [server.url, store, anchor, name, destination], ownLimitSeconds);
    scratch("destination");
    const failed = [hash, copy, receive, ours].find((report) => typeof report === "string");
    if (typeof hash === "string" || typeof copy === "string" || typeof receive === "string" || typeof ours === "string")
      return [unmeasured(what, "0.85 x the rate, 120 MB, its size", String(failed))];
    seconds.hash.push((hash.steps["hash"] ?? 0) / 1000);
    seconds.copy.push((copy.steps["copy"] ?? 0) / 1000);
    seconds.receive.push((receive.steps["requests"] ?? 0) / 1000);
    seconds.download.push((ours.steps["download"] ?? 0) / 1000);
    peaks.push(ours.peak);
    written.push(ours.written);
  }
  const rate = (of: readonly number[]): number => length / median(of);
  const least = Math.min(rate(seconds.hash), rate(seconds.copy));
  const rateOf = (of: readonly number[]): string => `${mebibytes(rate(of))}/s`;
  return [
    shown(`${what}: SHA-256 in memory`, rateOf(seconds.hash)),
    shown(`${what}: copied to the same disk, and synced`, rateOf(seconds.copy)),
    shown(`${what}: received from the same server by Node, and thrown away`, rateOf(seconds.receive)),
    shown(`${what}: downloaded`, rateOf(seconds.download)),
    atLeast(`${what}: rate over the slower of hashing and copying`, rate(seconds.download) / least, 0.85, times),
    atMost(`${what}: peak memory`, median(peaks), peakLimit, mebibytes),
    atMost(`${what}: bytes written beyond its size`, median(written) - length, length / 1000, bytes), // notes on the way, and the file system's own
  ];
}

async function makeBig(directory: string, length: number): Promise<void> {
  const hash = createHash("sha256");
  const whole = join(directory, name);
  const file = openSync(whole, "w");
  for (let left = length; left > 0; left -= 2 ** 20) {
    const chunk = randomBytes(Math.min(left, 2 ** 20));
    hash.update(chunk);
    writeSync(file, chunk);
  }
  closeSync(file);
  const digest = hash.digest("hex");
  const path = join("targets", `${digest}.${name}`);
  mkdirSync(join(directory, "targets"));
  linkSync(whole, join(directory, path));
  writeFileSync(join(directory, "path"), path);
  generate(directory, { targets: 0, file: { path: name, length, sha256: digest } });
}
