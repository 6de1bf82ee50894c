// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import type { Digest } from "@countersign/trust/digest";

const TIMEOUT_MILLISECONDS = 10 * 60_000;

/**
 * Hashes an artifact as it is served, in bounded memory: the digest of what came, or undefined where nothing is served or not exactly this many bytes. Whoever
 * asks compares it with the digest that it asked for. Redirects are not followed.
 */
export async function hashServed(store: string, digest: Digest, length: number): Promise<Digest | undefined> {
  const url = new URL(`artifacts/${digest}`, `${store}/`);
  const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
  if (!response.ok) {
    await response.body?.cancel();
    return undefined;
  }
  const hash = createHash("sha256");
  let received = 0;
  for await (const chunk of response.body ?? []) {
    received += chunk.length;
    if (received > length) return undefined; // leaving the loop cancels the stream
    hash.update(chunk);
  }
  return received === length ? (hash.digest("hex") as Digest) : undefined;
}
