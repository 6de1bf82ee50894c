// SPDX-License-Identifier: Apache-2.0
import { type Refusal, refuse } from "@countersign/tlog/refusal";

/** Lets the caller's own signal stop a request, as the refusal `cancelled`. Aborting what it returns frees the caller's signal again. */
export function stoppedBy(signal: AbortSignal | undefined): AbortController {
  const stop = new AbortController();
  const cancel = (): void =>
    stop.abort(refuse("cancelled", "to go on", "the caller stopped it", "start again: what has arrived is kept").refusal);
  if (signal?.aborted) cancel();
  else signal?.addEventListener("abort", cancel, { once: true, signal: stop.signal });
  return stop;
}

/** What an error of a request or of reading a body means: the reason it was stopped for, else what became of the connection. */
export function lost(error: unknown, signal: AbortSignal): Refusal {
  if (signal.aborted) return signal.reason;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const found = error instanceof Error ? [code, error.message].filter(Boolean).join(": ") : String(error);
  if (certificateErrors.test(code))
    return refuse(
      "certificate-refused",
      "a certificate of an authority that is trusted here, for this host",
      found,
      "if your organisation runs its own authority, name its PEM file as `ca`; otherwise somebody stands between you and the server",
    ).refusal;
  if (code === "ERR_PROXY_TUNNEL")
    return refuse("proxy-refused", "a tunnel through the proxy", found, "check the proxy's address, its password and its rules").refusal;
  return refuse("connection-lost", "an answer to its end", found, "try again: what has arrived is kept").refusal;
}

/** Codes of TLS that say that the server's certificate was not accepted (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const certificateErrors = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)|INVALID_CA|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH/;

export function tooSlow(expected: string, found: string): Refusal {
  return refuse("too-slow", expected, found, "try again later or from another mirror: what has arrived is kept").refusal;
}

export function statusRefusal(expected: string, found: string): { readonly ok: false; readonly refusal: Refusal } {
  return refuse("http-status", expected, found, "try again later; if it stays, the repository is incomplete or its URL is wrong");
}
