// SPDX-License-Identifier: Apache-2.0
import { dirname } from "node:path";
import { accept, type Outcome, type Refusal } from "@countersign/tlog/refusal";
import { batches } from "./batches.ts";
import { refuseIoFailure } from "./io-failure.ts";
import type { Answer, Network } from "./network.ts";
import { PartFile } from "./part-file.ts";
import { condition, forgetSource, rememberSource } from "./part-source.ts";
import { statusRefusal, stoppedBy } from "./stop.ts";
import type { DownloadRequest, RunningCheck, StreamCheck } from "./stream-checks.ts";

const tickMilliseconds = 100;

/** After these refusals the bytes so far may be right, so the next run goes on from them. After any other they are deleted. */
const resumable: ReadonlySet<string> = new Set([
  "connection-lost",
  "too-slow",
  "http-status",
  "disk-full",
  "cancelled",
  "certificate-refused",
  "proxy-refused",
  "headers-exposed",
]);

/**
 * Downloads one file into `request.file`, which appears only when every check has passed and its bytes are on disk (gate 13, TUF 5.7).
 * The bytes go to `<file>.part` as they arrive, and are hashed on the way: nothing is written twice or read back. A run that was interrupted, by
 * SIGKILL too, is continued by the next, which reads what is there once, to hash it. Memory stays the same whatever the length.
 * Where that comes to a wrong digest, the fault may be with whoever sent the beginning: all of it is fetched once more, from here.
 *
 * Refuses what the checks refuse, what `Network` refuses, and: `http-status`, `too-slow` (no answer), `cancelled` (by `signal`), and what `refuseIoFailure` does.
 *
 * @example
 * using way = network();
 * const fetched = await download({ url, file, length, hashes, limits }, streamChecks, way);
 */
export async function download(
  request: DownloadRequest,
  checks: readonly StreamCheck[],
  network: Network,
  signal?: AbortSignal,
): Promise<Outcome<void>> {
  await using part = await PartFile.open(`${request.file}.part`);
  const stop = stoppedBy(signal);
  try {
    const refusal = await receive(request, checks, network, part, stop);
    if (refusal !== undefined && resumable.has(refusal.code)) return { ok: false, refusal };
    await forgetSource(request.file);
    if (refusal === undefined) await part.finish(request.file);
    else await part.discard();
    return refusal === undefined ? accept(undefined) : { ok: false, refusal };
  } catch (error) {
    return refuseIoFailure(error, dirname(request.file));
  } finally {
    stop.abort(null); // a reason, so that none is made up
  }
}

async function receive(
  request: DownloadRequest,
  checks: readonly StreamCheck[],
  network: Network,
  part: PartFile,
  stop: AbortController,
): Promise<Refusal | undefined> {
  if (part.length > request.length) await part.clear();
  let kept = part.length;
  let running = checks.map((check) => begin(check, request));
  let received = 0;
  for await (const bytes of part.read()) {
    received += bytes.length;
    const refusal = firstRefusal(running, (check) => check.chunk(bytes, received, 0));
    if (refusal !== undefined) return refusal;
  }
  if (part.length < request.length) {
    const answer = await askFrom(request, part.length, network, stop);
    if (!answer.ok) return answer.refusal;
    if (answer.value.status === 200) {
      await part.clear();
      kept = 0;
      running = checks.map((check) => begin(check, request));
    }
    await rememberSource(request.file, request.url, answer.value.headers["etag"]);
    const refusal = await readBody(request, answer.value, running, part, stop);
    if (refusal !== undefined) return refusal;
  }
  const refusal = firstRefusal(running, (check) => check.end(part.length));
  if (refusal?.code !== "digest-mismatch" || kept === 0) return refusal;
  await part.clear();
  return await receive(request, checks, network, part, stop);
}

/** Asks for the rest of the file. Accepts a 206 that is exactly that, or a 200 with the whole. */
async function askFrom(request: DownloadRequest, start: number, network: Network, stop: AbortController): Promise<Outcome<Answer>> {
  const { url, file, length, limits } = request;
  const rest = `${start}-${length - 1}`;
  const openHeaders = start > 0 ? { range: `bytes=${rest}`, ...(await condition(file, url)) } : {};
  const answer = await network.get({ url, openHeaders, connectSeconds: limits.connectSeconds, stop });
  if (!answer.ok || answer.value.status === 200) return answer;
  const { status, headers, body } = answer.value;
  const range = headers["content-range"];
  if (start > 0 && status === 206 && (range === `bytes ${rest}/${length}` || range === `bytes ${rest}/*`)) return answer;
  body.destroy();
  // This server has no such range (any more): it may still have the whole.
  if (start > 0 && (status === 206 || status === 416)) return await askFrom(request, 0, network, stop);
  return statusRefusal(start > 0 ? "status 206 or 200" : "status 200", String(status));
}

/** Takes in a body, batch by batch: checks first, disk second. While one batch is being written, the next one is received and hashed. */
async function readBody(
  request: DownloadRequest,
  { body }: Answer,
  running: readonly NamedCheck[],
  part: PartFile,
  stop: AbortController,
): Promise<Refusal | undefined> {
  const began = performance.now();
  const elapsed = (): number => Math.max(1, performance.now() - began);
  const timer = setInterval(() => {
    const refusal = firstRefusal(running, (check) => check.tick?.(part.length, elapsed()));
    if (refusal !== undefined) stop.abort(refusal);
  }, tickMilliseconds);
  try {
    let received = part.length;
    for await (const batch of batches(body, stop.signal)) {
      if ("code" in batch) return batch;
      for (const bytes of batch) {
        received += bytes.length;
        const refusal = firstRefusal(running, (check) => check.chunk(bytes, received, elapsed()));
        if (refusal !== undefined) return refusal;
      }
      await part.append(batch);
      request.progress?.(received, request.length);
    }
    return undefined;
  } finally {
    clearInterval(timer);
  }
}

/** A check at work, with its name for the refusal. */
type NamedCheck = RunningCheck & { readonly check: string };

function begin(check: StreamCheck, request: DownloadRequest): NamedCheck {
  return { ...check.begin(request), check: check.name };
}

function firstRefusal(running: readonly NamedCheck[], ask: (check: RunningCheck) => Refusal | undefined): Refusal | undefined {
  for (const named of running) {
    const refusal = ask(named);
    if (refusal !== undefined) return { ...refusal, check: named.check };
  }
  return undefined;
}
