// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "../outcome.ts";

const ANSWER_MILLISECONDS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/** What a service answered, whatever its status; `json` is an object. */
export interface Answer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * Sends one request with a secret in it. Refuses a URL where the secret would travel in the clear, redirects, answers that are too long or no
 * JSON object, and a service that is not heard in time.
 */
export async function exchange(url: string, send: (signal: AbortSignal) => Promise<Response>): Promise<Outcome<Answer>> {
  const open = secretTravelsSafely(url);
  if (!open.ok) return open;
  try {
    const response = await send(AbortSignal.timeout(ANSWER_MILLISECONDS));
    const text = await limited(response);
    const json: unknown = JSON.parse(text === "" ? "{}" : text);
    if (typeof json !== "object" || json === null || Array.isArray(json)) throw new TypeError("no JSON object");
    return accept({ status: response.status, json: json as Answer["json"] });
  } catch (cause) {
    const found =
      cause instanceof Error ? `${cause.message}${cause.cause instanceof Error ? `: ${cause.cause.message}` : ""}` : String(cause);
    return refuse("service-unavailable", `an answer of ${new URL(url).origin}`, found, "Try again when it answers.");
  }
}

/** HTTPS, or this machine. */
function secretTravelsSafely(url: string): Outcome<unknown> {
  const parsed = URL.parse(url);
  const isLoopback = ["127.0.0.1", "[::1]", "localhost"].includes(parsed?.hostname ?? "");
  if (parsed?.protocol === "https:" || (parsed?.protocol === "http:" && isLoopback)) return accept(undefined);
  return refuse("url-not-safe", "an https URL, or one of this machine", url, "Correct the place of the key.");
}

async function limited(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > MAX_ANSWER_BYTES) throw new RangeError(`more than ${MAX_ANSWER_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** The object under a name; an empty one where there is none. */
export function objectIn(json: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = json[name];
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
