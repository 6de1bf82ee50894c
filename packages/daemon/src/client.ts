// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";
import { errorText } from "./event.ts";
import { refusalIn } from "./refusal-in.ts";

export interface RequestOptions extends RequestInit {
  /** For the whole exchange; 10 seconds unless told. */
  readonly timeoutMilliseconds?: number;
  /** Of the answer's body, as it is after decompression; 16 MiB unless told. */
  readonly maxBytes?: number;
}

/** An answer, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

const TIMEOUT_MILLISECONDS = 10_000;
const MAX_BYTES = 16_777_216;

/** Asks, and decodes the JSON of a 2xx answer. Any other answer is the refusal in its body, or one that names its status. */
export async function request<T>(url: string, options: RequestOptions, decode: (json: unknown) => Outcome<T>): Promise<Outcome<T>> {
  const answer = await exchange(url, options);
  if (!answer.ok) return answer;
  const { status, body } = answer.value;
  const json = parseJson(body);
  if (status >= 200 && status < 300)
    return json === undefined ? refuse("answer-malformed", "JSON", url, "ask the right server") : decode(json);
  const refusal = refusalIn(json);
  if (refusal !== undefined) return { ok: false, refusal };
  return refuse("http-status", "status 200", `${status} from ${url}`, "look into the log of that server");
}

/** Asks, and gives the answer as bytes. What does not arrive whole, in time and within the limit is a refusal. */
export async function exchange(url: string, options: RequestOptions = {}): Promise<Outcome<Answer>> {
  const { timeoutMilliseconds = TIMEOUT_MILLISECONDS, maxBytes = MAX_BYTES, signal: given, ...init } = options;
  const timeout = AbortSignal.timeout(timeoutMilliseconds);
  const signal = given ? AbortSignal.any([given, timeout]) : timeout;
  try {
    const response = await fetch(url, { redirect: "error", ...init, signal });
    const body = await readBody(response, maxBytes);
    if (body === undefined) return refuse("answer-too-large", `at most ${maxBytes} bytes`, url, "ask for less, or ask the right server");
    return accept({ status: response.status, headers: response.headers, body });
  } catch (error) {
    if (timeout.aborted)
      return refuse("timeout", `an answer within ${timeoutMilliseconds} ms`, url, "check that the server is up, and try again");
    return refuse("unreachable", `an answer from ${url}`, errorText(error), "check that the server is up, and try again");
  }
}

async function readBody(response: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) return undefined; // leaving the loop cancels the stream
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined; // not JSON: the caller says what that means
  }
}
