// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";
import type { Network } from "./network.ts";
import { lost, statusRefusal, stoppedBy, tooSlow } from "./stop.ts";

/** A document that is wanted, and how much of everything it may take. */
export interface SmallRequest {
  readonly url: string;
  readonly maxBytes: number;
  /** For the whole answer. */
  readonly seconds: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fetches a small document, such as metadata, into memory. `undefined` means that there is none (404; 403, as object stores answer for a missing one).
 * Refuses more than `maxBytes` the moment they arrive (`length-exceeded`), an answer that is not whole within `seconds` (`too-slow`),
 * any other status than 200 (`http-status`), and what `Network` refuses.
 */
export async function fetchSmall(
  network: Network,
  { url, maxBytes, seconds, signal }: SmallRequest,
): Promise<Outcome<Uint8Array | undefined>> {
  const stop = stoppedBy(signal);
  const limit = setTimeout(() => stop.abort(tooSlow(`a whole answer within ${seconds} s`, "part of it")), seconds * 1000);
  try {
    const answer = await network.get({ url, connectSeconds: seconds, stop });
    if (!answer.ok) return answer;
    const { status, body } = answer.value;
    const absent = status === 404 || status === 403;
    if (status !== 200 && !absent) {
      body.destroy();
      return statusRefusal("status 200, 403 or 404", String(status));
    }
    const chunks: Uint8Array[] = [];
    let received = 0;
    // The body of a 404 is read too, as that leaves the connection open for the next document. Leaving this loop early closes it.
    for await (const chunk of body) {
      received += chunk.length;
      if (received > maxBytes && absent) return accept(undefined);
      if (received > maxBytes)
        return refuse("length-exceeded", `at most ${maxBytes} bytes`, "more", "report this mirror: no honest document is that long");
      chunks.push(chunk);
    }
    return accept(absent ? undefined : Buffer.concat(chunks));
  } catch (error) {
    return { ok: false, refusal: lost(error, stop.signal) };
  } finally {
    clearTimeout(limit);
    stop.abort(null); // a reason, so that none is made up
  }
}
