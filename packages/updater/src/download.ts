// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, type Refusal } from "@countersign/tlog/refusal";
import { refuseDiskFull } from "./disk-full.ts";
import { httpGet, lost, statusRefusal, stoppedBy } from "./http-get.ts";
import { PartFile } from "./part-file.ts";
import type { DownloadRequest, RunningCheck, StreamCheck } from "./stream-checks.ts";

const tickMilliseconds = 100;

/** After these refusals the bytes so far may be right, so the next run goes on from them. After any other they are deleted. */
const resumable: ReadonlySet<string> = new Set(["connection-lost", "too-slow", "http-status", "disk-full", "cancelled"]);

/**
 * Downloads one artifact into `request.file`, which appears only when every check has passed and its bytes are on disk (gate 13, TUF 5.7).
 * The bytes go to `<file>.part` as they arrive, and are hashed on the way; a run that was interrupted, by SIGKILL too, is continued by the next.
 * Memory stays the same whatever the length.
 *
 * Refuses what the checks refuse, and: `http-status`, `connection-lost`, `too-slow` (no answer), `disk-full`, `cancelled` (by `signal`).
 */
export async function download(request: DownloadRequest, checks: readonly StreamCheck[], signal?: AbortSignal): Promise<Outcome<void>> {
  await using part = await PartFile.open(`${request.file}.part`);
  const stop = stoppedBy(signal);
  try {
    const refusal = await receive(request, checks, part, stop);
    if (refusal === undefined) {
      await part.finish(request.file);
      return accept(undefined);
    }
    if (!resumable.has(refusal.code)) await part.discard();
    return { ok: false, refusal };
  } catch (error) {
    return refuseDiskFull(error);
  } finally {
    stop.abort();
  }
}

async function receive(
  request: DownloadRequest,
  checks: readonly StreamCheck[],
  part: PartFile,
  stop: AbortController,
): Promise<Refusal | undefined> {
  if (part.length > request.length) await part.clear();
  let running = checks.map((check) => begin(check, request));
  let received = 0;
  for await (const bytes of part.read()) {
    received += bytes.length;
    const refusal = firstRefusal(running, (check) => check.chunk(bytes, received, 0));
    if (refusal !== undefined) return refusal;
  }
  if (part.length < request.length) {
    const answer = await askFrom(request, part.length, stop);
    if (!answer.ok) return answer.refusal;
    if (answer.value.status === 200) {
      await part.clear();
      running = checks.map((check) => begin(check, request));
    }
    const refusal = await readBody(request, answer.value, running, part, stop);
    if (refusal !== undefined) return refusal;
  }
  return firstRefusal(running, (check) => check.end(part.length));
}

/** Asks for the rest of the artifact. Accepts a 206 that is exactly that, or a 200 with the whole. */
async function askFrom(request: DownloadRequest, start: number, stop: AbortController): Promise<Outcome<Response>> {
  const rest = `${start}-${request.length - 1}`;
  const answer = await httpGet({
    url: request.url,
    headers: request.headers ?? {},
    // What is hashed is what is signed, so no encoding that fetch would take off, and a range of just these bytes.
    openHeaders: { "accept-encoding": "identity", ...(start > 0 && { range: `bytes=${rest}` }) },
    connectSeconds: request.limits.connectSeconds,
    stop,
  });
  if (!answer.ok || answer.value.status === 200) return answer;
  const { status, headers, body } = answer.value;
  const range = headers.get("content-range") ?? "";
  if (start > 0 && status === 206 && [`bytes ${rest}/${request.length}`, `bytes ${rest}/*`].includes(range)) return answer;
  await body?.cancel();
  // This server has no such range (any more): it may still have the whole.
  if (start > 0 && (status === 206 || status === 416)) return await askFrom(request, 0, stop);
  return statusRefusal(start > 0 ? "status 206 or 200" : "status 200", String(status));
}

/** Takes in a body, piece by piece: checks first, disk second. */
async function readBody(
  request: DownloadRequest,
  response: Response,
  running: readonly NamedCheck[],
  part: PartFile,
  stop: AbortController,
): Promise<Refusal | undefined> {
  if (response.body === null) return undefined;
  const began = performance.now();
  const elapsed = (): number => Math.max(1, performance.now() - began);
  const timer = setInterval(() => {
    const refusal = firstRefusal(running, (check) => check.tick?.(part.length, elapsed()));
    if (refusal !== undefined) stop.abort(refusal);
  }, tickMilliseconds);
  try {
    const reader = response.body.getReader();
    for (;;) {
      const next = await reader.read().catch((error: unknown) => lost(error, stop.signal));
      if ("code" in next) return next;
      if (next.done) return undefined;
      const received = part.length + next.value.length;
      const refusal = firstRefusal(running, (check) => check.chunk(next.value, received, elapsed()));
      if (refusal !== undefined) return refusal;
      await part.append(next.value);
      request.progress?.(received, request.length);
    }
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
