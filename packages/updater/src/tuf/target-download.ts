// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { TargetFile } from "@countersign/trust/tuf/meta";
import { download } from "../download.ts";
import { makeDirectory, removeTree, renameDurably } from "../durable.ts";
import { isErrno } from "../errno.ts";
import { refuseIoFailure } from "../io-failure.ts";
import { withLock } from "../lock.ts";
import { fetchFrom, type Mirrors } from "../mirrors.ts";
import type { Network } from "../network.ts";
import { statusRefusal } from "../stop.ts";
import { type DownloadLimits, streamChecks } from "../stream-checks.ts";
import { below } from "./below.ts";
import { fileName } from "./file-name.ts";

/** A target that a lookup found, where to ask for it, and where it goes. */
export interface TargetDownload {
  /** Its path in the repository. */
  readonly path: string;
  readonly target: TargetFile;
  /** Where it is served, below the base URL of any mirror: with consistent snapshots once under each of its hashes (TUF 5.7.3). */
  readonly locations: readonly string[];
  readonly mirrors: Mirrors;
  readonly directory: string;
  /** Another process that downloads the same target is waited for as long as a download may take. */
  readonly limits: DownloadLimits;
  readonly progress?: ((received: number, total: number) => void) | undefined;
}

export interface DownloadedTarget {
  readonly path: string;
  readonly target: TargetFile;
  /** The file that holds it now. */
  readonly file: string;
  /** True where it was there already, and nothing was downloaded. */
  readonly cached: boolean;
}

/**
 * TUF 5.7.3: puts a target into `directory`, in a file that is called as its whole path percent-encoded, so that no path leaves the directory and no
 * two meet; but where the file system does not tell `A` from `a`, the later of two paths that differ in case alone replaces the earlier. A file that is
 * there already and has the target's length and hashes is kept. Bytes come in under `.incoming`, where the next run goes on with an interrupted one.
 * Refuses what `download` refuses, `busy`, and what `refuseIoFailure` does.
 */
export async function downloadTarget(wanted: TargetDownload, network: Network, signal?: AbortSignal): Promise<Outcome<DownloadedTarget>> {
  try {
    return await intoPlace(wanted, network, signal);
  } catch (error) {
    return refuseIoFailure(error, wanted.directory);
  }
}

async function intoPlace(wanted: TargetDownload, network: Network, signal?: AbortSignal): Promise<Outcome<DownloadedTarget>> {
  const { path, target, directory } = wanted;
  const name = fileName(path);
  const file = join(directory, name);
  const found = (cached: boolean): Outcome<DownloadedTarget> => accept({ path, target, file, cached });
  if (await holds(file, target)) return found(true);
  const incoming = join(directory, ".incoming", name);
  await makeDirectory(incoming);
  const outcome = await withLock(join(incoming, "lock"), wanted.limits.totalSeconds * 1000, async () => {
    if (await holds(file, target)) return found(true);
    const part = await roomFor(target, incoming);
    const fetched = await fetchFrom(wanted.mirrors, (base) => fetchBelow(base, wanted, part, network, signal));
    if (fetched.ok) await renameDurably(part, file);
    return fetched.ok ? found(false) : fetched;
  });
  return outcome.ok ? outcome.value : outcome;
}

/** Where the bytes come in, without what is left of another version of the target. The lock stays: removing it would let two in. */
async function roomFor({ hashes }: TargetFile, incoming: string): Promise<string> {
  const name = hashes.sha256 ?? hashes.sha512 ?? "";
  for (const other of await readdir(incoming)) if (other !== "lock" && !other.startsWith(name)) await removeTree(join(incoming, other));
  return join(incoming, name);
}

async function fetchBelow(
  base: string,
  wanted: TargetDownload,
  file: string,
  network: Network,
  signal?: AbortSignal,
): Promise<Outcome<void>> {
  const { target, locations, limits, progress } = wanted;
  const { length, hashes } = target;
  let outcome: Outcome<void> = statusRefusal("a place where the target is served", "none");
  for (const location of locations) {
    const url = below(base, location);
    outcome = await download({ url, file, length, hashes, limits, ...(progress && { progress }) }, streamChecks, network, signal);
    if (outcome.ok || outcome.refusal.code !== "http-status") break; // identical copies: only where one is missing is another asked for
  }
  return outcome;
}

/** Whether a file is exactly the target, read once and in pieces. */
async function holds(file: string, { length, hashes }: TargetFile): Promise<boolean> {
  try {
    const { size } = await stat(file);
    if (size !== length) return false;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return false;
    throw error;
  }
  const wanted = Object.entries(hashes).filter(([, digest]) => digest !== undefined);
  const running = wanted.map(([name]) => createHash(name));
  for await (const piece of createReadStream(file)) for (const hash of running) hash.update(piece);
  return wanted.length > 0 && running.every((hash, index) => hash.digest("hex") === wanted[index]?.[1]);
}
