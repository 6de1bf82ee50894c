// SPDX-License-Identifier: Apache-2.0
import { type Decoder, decode, open, text } from "@countersign/trust/decode";
import { parseJson } from "@countersign/trust/json";
import { accept, type Outcome, type Refusal, refuse } from "@countersign/trust/refusal";

/** An answer carries heads and trails, so it may be longer than any one document; and no longer than this. */
const limits = { documentBytes: 32 * 1024 * 1024, jsonDepth: 64 };
const timeoutMilliseconds = 30_000;

const refused = open<{ readonly refusal: Refusal }>({
  refusal: open<Omit<Refusal, "check">>({ code: text, expected: text, found: text, remedy: text }),
});

/**
 * Asks a duty over HTTP: GET, or POST where there is a body. The answer is the decoded JSON of a 2xx, or the duty's own refusal; a duty that
 * is down or answers something else is a refusal too. Nothing that it says is verified here.
 */
export async function ask<T>(
  url: string,
  decoder: Decoder<T>,
  body?: unknown,
  more: Readonly<Record<string, string>> = {},
): Promise<Outcome<T>> {
  const init =
    body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json", ...more }, body: JSON.stringify(body) };
  const answer = await exchange(url, init);
  if (!answer.ok) return answer;
  const { status, bytes } = answer.value;
  const json = parseJson(bytes, limits);
  if (status >= 200 && status < 300) return json.ok ? decode(decoder, json.value, `the answer of ${url}`) : json;
  const said = json.ok ? decode(refused, json.value, "a refusal") : json;
  return said.ok ? { ok: false, refusal: said.value.refusal } : unavailable(url, `status ${status}`);
}

async function exchange(url: string, init: RequestInit): Promise<Outcome<{ readonly status: number; readonly bytes: Uint8Array }>> {
  try {
    const response = await fetch(url, { ...init, redirect: "error", signal: AbortSignal.timeout(timeoutMilliseconds) });
    return accept({ status: response.status, bytes: await readBounded(response) });
  } catch (error) {
    const { message, cause } = error instanceof Error ? error : new Error(String(error));
    return unavailable(url, cause instanceof Error ? `${message}: ${cause.message}` : message);
  }
}

/** The body, or the first bytes of one that is too long: `parseJson` says which. */
async function readBounded(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limits.documentBytes) break;
  }
  return Buffer.concat(chunks);
}

function unavailable(url: string, found: string): Outcome<never> {
  return refuse("unavailable", `an answer from ${url}`, found, "Check that it is up (countersign up), then do it again.");
}
