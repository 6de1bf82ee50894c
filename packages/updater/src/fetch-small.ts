// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";
import { httpGet, lost, statusRefusal, stoppedBy, tooSlow } from "./http-get.ts";

/**
 * Fetches a small document, such as metadata, into memory. `undefined` means that there is none (404; 403, as object stores answer for a missing one).
 * Refuses more than `maxBytes` the moment they arrive (`length-exceeded`), an answer that is not whole within `timeoutSeconds` (`too-slow`),
 * a broken connection (`connection-lost`) and any other status than 200 (`http-status`).
 */
export async function fetchSmall(
  url: string,
  maxBytes: number,
  timeoutSeconds: number,
  signal?: AbortSignal,
): Promise<Outcome<Uint8Array | undefined>> {
  const stop = stoppedBy(signal);
  const limit = setTimeout(() => stop.abort(tooSlow(`a whole answer within ${timeoutSeconds} s`, "part of it")), timeoutSeconds * 1000);
  try {
    const answer = await httpGet({ url, headers: {}, openHeaders: {}, connectSeconds: timeoutSeconds, stop });
    if (!answer.ok) return answer;
    const { status, body } = answer.value;
    const absent = status === 404 || status === 403;
    if (status !== 200 && !absent) return statusRefusal("status 200, 403 or 404", String(status));
    const chunks: Uint8Array[] = [];
    let received = 0;
    // The body of a 404 is read too, as that leaves the connection open for the next document.
    for await (const chunk of body ?? []) {
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
    stop.abort();
  }
}
