// SPDX-License-Identifier: Apache-2.0
import { type Reader, StoreError, safePath } from "./store.ts";

const MAX_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

/**
 * Reads a repository over HTTP. What comes back is bytes from a stranger: this only bounds them (64 MiB if not told, 30 s).
 *
 * Absent (404, 410, and 403 as object stores say it) is undefined. Any other status throws `StoreError` "http-status", a longer
 * body "too-long". Redirects are not followed: a mirror has no say in whom its readers call.
 */
export function httpReader(baseUrl: string): Reader {
  const base = baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`;
  return {
    read: async (path, maxBytes = MAX_BYTES) => {
      const url = new URL(safePath(path).split("/").map(encodeURIComponent).join("/"), base);
      const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (response.status === 200) return readBounded(response, url, maxBytes);
      await response.body?.cancel();
      if ([403, 404, 410].includes(response.status)) return undefined;
      throw new StoreError("http-status", `${url} answered ${response.status}`);
    },
  };
}

async function readBounded(response: Response, url: URL, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new StoreError("too-long", `${url} sent more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
