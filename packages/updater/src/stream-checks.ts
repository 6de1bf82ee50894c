// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { type Refusal, refuse } from "@countersign/tlog/refusal";
import { tooSlow } from "./http-get.ts";

/** One artifact to download, by what signed metadata says about it. */
export interface DownloadRequest {
  readonly url: string;
  /** Where it goes. Its directory exists, is private to the updater, and holds `<file>.part` meanwhile. */
  readonly file: string;
  /** Bytes. */
  readonly length: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** For the origin of `url` only: a redirect to another one does not carry them. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly limits: DownloadLimits;
  /** Called as bytes arrive; both figures count the whole artifact, with what an earlier run had left. */
  readonly progress?: (received: number, total: number) => void;
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

/** The bytes are those that the signed statement names. */
const digest: StreamCheck = {
  name: "download/digest",
  begin({ sha256 }) {
    const hash = createHash("sha256");
    return {
      chunk(bytes) {
        hash.update(bytes);
        return undefined;
      },
      end() {
        const found = hash.digest("hex");
        if (found === sha256) return undefined;
        return refuse("digest-mismatch", `SHA-256 ${sha256}`, found, "try another mirror and report this one: what it sent is deleted")
          .refusal;
      },
    };
  },
};

function wrongLength(code: string, length: number, found: string): Refusal {
  return refuse(code, `${length} bytes`, `${found} bytes`, "try another mirror and report this one: what it sent is deleted").refusal;
}

/** The protections of a download, in the order in which they are asked. */
export const streamChecks: readonly StreamCheck[] = [lengthCap, rate, digest];
