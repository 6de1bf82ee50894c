// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, type Refusal, refuse } from "@countersign/tlog/refusal";

/** How many redirects a request follows. */
const maximumRedirects = 3;

/** A request that can be stopped from several sides: abort `stop` with a Refusal as the reason, and that is its outcome. */
export interface Fetching {
  readonly url: string;
  /** Headers for the origin of `url` only, such as authorization: a redirect to another origin does not carry them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that every origin gets. */
  readonly openHeaders: Readonly<Record<string, string>>;
  /** How long the headers of the answer may take, redirects included. */
  readonly connectSeconds: number;
  readonly stop: AbortController;
}

/**
 * Asks for a URL and returns the answer, whatever its status, with its body unread. Refuses any scheme but http and https, a step from https down
 * to http, more than 3 redirects (`http-status`), a connection that fails (`connection-lost`) and one that takes too long (`too-slow`).
 */
export async function httpGet(fetching: Fetching): Promise<Outcome<Response>> {
  const { stop, connectSeconds } = fetching;
  const limit = setTimeout(() => stop.abort(tooSlow(`an answer within ${connectSeconds} s`, "none")), connectSeconds * 1000);
  try {
    return await followRedirects(fetching);
  } catch (error) {
    return { ok: false, refusal: lost(error, stop.signal) };
  } finally {
    clearTimeout(limit);
  }
}

async function followRedirects({ url, headers, openHeaders, stop }: Fetching): Promise<Outcome<Response>> {
  let here = URL.parse(url);
  let own = headers;
  for (let redirects = 0; ; redirects++) {
    if (here === null) return statusRefusal("a URL", url);
    if (here.protocol !== "https:" && here.protocol !== "http:") return statusRefusal("an http or https URL", here.protocol);
    const response = await fetch(here, { headers: { ...own, ...openHeaders }, redirect: "manual", signal: stop.signal });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) return accept(response);
    await response.body?.cancel();
    if (redirects === maximumRedirects) return statusRefusal(`at most ${maximumRedirects} redirects`, `one more, to ${location}`);
    const next: URL | null = URL.parse(location, here.href);
    if (next === null) return statusRefusal("a redirect to a URL", location);
    if (here.protocol === "https:" && next.protocol !== "https:") return statusRefusal("a redirect that stays on https", next.href);
    if (next.origin !== here.origin) own = {};
    here = next;
  }
}

/** What an error of `fetch` or of reading a body means: the reason it was stopped for, else that the connection was lost. */
export function lost(error: unknown, signal: AbortSignal): Refusal {
  if (signal.aborted) return signal.reason;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const found = cause instanceof Error ? cause.message : String(cause);
  return refuse("connection-lost", "an answer to its end", found, "try again: what has arrived is kept").refusal;
}

export function tooSlow(expected: string, found: string): Refusal {
  return refuse("too-slow", expected, found, "try again later or from another mirror: what has arrived is kept").refusal;
}

export function statusRefusal(expected: string, found: string): { readonly ok: false; readonly refusal: Refusal } {
  return refuse("http-status", expected, found, "try again later; if it stays, the repository is incomplete or its URL is wrong");
}

/** Lets the caller's own signal stop a request, as the refusal `cancelled`. */
export function stoppedBy(signal: AbortSignal | undefined): AbortController {
  const stop = new AbortController();
  const cancel = (): void =>
    stop.abort(refuse("cancelled", "to go on", "the caller stopped it", "start again: what has arrived is kept").refusal);
  if (signal?.aborted) cancel();
  else signal?.addEventListener("abort", cancel, { once: true, signal: stop.signal });
  return stop;
}
