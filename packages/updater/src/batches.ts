// SPDX-License-Identifier: Apache-2.0
import { finished, type Readable } from "node:stream";
import type { Refusal } from "@countersign/tlog/refusal";
import { lost } from "./stop.ts";

/** Enough bytes for one write; a socket yields at most 64 KiB at a time, and a system call for each would cost more than the bytes. */
const batchBytes = 1024 * 1024;

/** On a slow link what has arrived is handed on this often, so that a crash loses little of it. */
const patienceMilliseconds = 200;

/**
 * The chunks of a body in batches of about 1 MiB; then, where it ended otherwise than whole or was stopped by `signal`, the refusal that says so.
 * While the consumer is at work on one batch the next is received, and when that is full the sender has to wait: memory is the same
 * whatever the length.
 */
export async function* batches(body: Readable, signal: AbortSignal): AsyncGenerator<readonly Uint8Array[] | Refusal> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  let end: { readonly error: Error | null | undefined } | undefined;
  let wake = (): void => undefined;
  body.on("data", (chunk: Uint8Array) => {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes < batchBytes) return;
    body.pause();
    wake();
  });
  finished(body, (error) => {
    end = { error };
    wake();
  });
  try {
    for (;;) {
      if (bytes < batchBytes && end === undefined) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const timer = setTimeout(resolve, patienceMilliseconds);
        await promise;
        clearTimeout(timer);
      }
      const over = end;
      const batch = waiting;
      waiting = [];
      bytes = 0;
      if (body.isPaused()) body.resume();
      if (batch.length > 0) yield batch;
      if (over === undefined) continue;
      if (over.error) yield lost(over.error, signal);
      return;
    }
  } finally {
    body.destroy();
  }
}
