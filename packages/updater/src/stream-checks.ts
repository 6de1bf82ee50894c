// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { type Refusal, refuse } from "@countersign/tlog/refusal";
import { tooSlow } from "./stop.ts";

/** One artifact to download, by what signed metadata says about it. */
export interface DownloadRequest {
  readonly url: string;
  /** Where it goes. Its directory exists, is private to the updater, and holds `<file>.part` meanwhile. */
  readonly file: string;
  /** Bytes. */
  readonly length: number;
  /** Lower-case hex, by the name of the function; at least one, and all of them must be right. */
  readonly hashes: Hashes;
  readonly limits: DownloadLimits;
  /** Called as bytes arrive; both figures count the whole artifact, with what an earlier run had left. */
  readonly progress?: (received: number, total: number) => void;
}

export interface Hashes {
  readonly sha256?: string | undefined;
  readonly sha512?: string | undefined;
}

/** Bounds in time of one run. */
export interface DownloadLimits {
  /** Until the headers of the answer. */
  readonly connectSeconds: number;
  /** Between two pieces of the body. */
  readonly idleSeconds: number;
  /** For the whole body. */
  readonly totalSeconds: number;
  /** On average since the body began, once `graceMilliseconds` have passed. */
  readonly minimumBytesPerSecond: number;
}

/** One protection of a download. `begin` starts it afresh for a request, whose bytes it then sees in order, before they are written. */
export interface StreamCheck {
  readonly name: string;
  begin(request: DownloadRequest): RunningCheck;
}

/** A check at work: each method answers with a refusal, which ends the download, or nothing. `received` counts from the first byte of the artifact. */
export interface RunningCheck {
  /** Bytes that came in now, included in `received`. What an earlier run had left comes first, at `elapsedMs` 0. */
  chunk(bytes: Uint8Array, received: number, elapsedMs: number): Refusal | undefined;
  /** Every 100 ms while the body is awaited. */
  tick?(received: number, elapsedMs: number): Refusal | undefined;
  /** The body has ended. */
  end(received: number): Refusal | undefined;
}

/** Stops an endless body (the endless-data attack, TUF 1.5.2) at its first byte too many, and refuses a short one. */
const lengthCap: StreamCheck = {
  name: "download/length-cap",
  begin: ({ length }) => ({
    chunk: (_, received) => (received > length ? wrongLength("length-exceeded", length, `at least ${received}`) : undefined),
    end: (received) => (received < length ? wrongLength("length-short", length, String(received)) : undefined),
  }),
};

const graceMilliseconds = 2000;

/** Stops a mirror that holds the device up (the slow-retrieval attack, TUF 1.5.2): by silence, by a drip, or by going on for too long. */
const rate: StreamCheck = {
  name: "download/rate",
  begin({ limits }) {
    let kept = 0;
    let lastArrival = 0;
    return {
      chunk(_, received, elapsedMs) {
        if (elapsedMs === 0) kept = received;
        lastArrival = elapsedMs;
        return undefined;
      },
      tick(received, elapsedMs) {
        if (elapsedMs > limits.totalSeconds * 1000)
          return tooSlow(`the whole body within ${limits.totalSeconds} s`, `${received} bytes so far`);
        if (elapsedMs - lastArrival > limits.idleSeconds * 1000)
          return tooSlow(`no pause over ${limits.idleSeconds} s`, `silence after ${received} bytes`);
        const perSecond = ((received - kept) * 1000) / elapsedMs;
        if (elapsedMs <= graceMilliseconds || perSecond >= limits.minimumBytesPerSecond) return undefined;
        return tooSlow(`at least ${limits.minimumBytesPerSecond} bytes a second`, `${Math.floor(perSecond)} bytes a second`);
      },
      end: () => undefined,
    };
  },
};

const algorithms = ["sha256", "sha512"] as const;

/** The bytes are those that signed metadata names. */
const digest: StreamCheck = {
  name: "download/digest",
  begin({ hashes }) {
    const running = algorithms.filter((name) => hashes[name] !== undefined).map((name) => ({ name, hash: createHash(name) }));
    if (running.length === 0) throw new RangeError("a download without a hash would be accepted whatever it is");
    return {
      chunk(bytes) {
        for (const { hash } of running) hash.update(bytes);
        return undefined;
      },
      end() {
        for (const { name, hash } of running) {
          const found = hash.digest("hex");
          if (found !== hashes[name])
            return refuse(
              "digest-mismatch",
              `${name} ${hashes[name]}`,
              found,
              "try another mirror and report this one: what it sent is deleted",
            ).refusal;
        }
        return undefined;
      },
    };
  },
};

function wrongLength(code: string, length: number, found: string): Refusal {
  return refuse(code, `${length} bytes`, `${found} bytes`, "try another mirror and report this one: what it sent is deleted").refusal;
}

/** The protections of a download, in the order in which they are asked. */
export const streamChecks: readonly StreamCheck[] = [lengthCap, rate, digest];
