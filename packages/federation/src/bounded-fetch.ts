// SPDX-License-Identifier: Apache-2.0
import { parseJson } from "@countersign/trust/json";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import { isGuarded } from "./exact.ts";

/** Fetches as the global `fetch` does. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export const documentBytes = 262_144;
export const timeoutMilliseconds = 5_000;

/** One JSON document from a URL that TLS or this machine guards: no redirect, bounded in size and time. */
export async function fetchJson(fetching: Fetch, url: string): Promise<Outcome<unknown>> {
  if (!URL.canParse(url) || !isGuarded(new URL(url)))
    return refuse("issuer-unguarded", "an https URL (http only on this machine)", url.slice(0, 200), "Ask whoever runs the issuer.");
  const answer = await fetchBounded(fetching, url, {});
  if (!answer.ok) return answer;
  const { status, bytes } = answer.value;
  return status === 200 ? parseJson(bytes, { documentBytes, jsonDepth: 16 }) : unreachable(url, `status ${status}`);
}

export interface BoundedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** An answer that arrived whole, in time and within the limit. A kept connection that the other side had just closed is no answer: then it is asked once more. */
export async function fetchBounded(fetching: Fetch, url: string, init: RequestInit, again = true): Promise<Outcome<BoundedAnswer>> {
  try {
    const response = await fetching(url, { ...init, redirect: "error", signal: AbortSignal.timeout(timeoutMilliseconds) });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > documentBytes) return unreachable(url, `more than ${documentBytes} bytes`);
      chunks.push(chunk);
    }
    return { ok: true, value: { status: response.status, headers: response.headers, bytes: new Uint8Array(Buffer.concat(chunks)) } };
  } catch (error) {
    const { message, cause } = error instanceof Error ? error : new Error(String(error));
    if (again && cause instanceof Error && "code" in cause && (cause.code === "ECONNRESET" || cause.code === "UND_ERR_SOCKET"))
      return fetchBounded(fetching, url, init, false);
    return unreachable(url, cause instanceof Error ? `${message}: ${cause.message}` : message);
  }
}

function unreachable(url: string, found: string): Outcome<never> {
  return refuse(
    "issuer-unreachable",
    `an answer from ${url}`,
    found,
    "Check that it is up and that this host may reach it, then try again.",
  );
}
