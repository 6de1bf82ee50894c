// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { type Check, judge } from "@countersign/trust/check";
import { parseJson } from "@countersign/trust/json";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import { type LoopbackRequest, loopbackChecks } from "./loopback-checks.ts";
import { pagePolicy } from "./page.ts";

/** A page that one person opens once. */
export interface LoopbackPage<T> {
  /** `http://localhost:PORT`: the only origin at which it is. */
  readonly origin: string;
  readonly html: string;
  /** Judges what the page sent. A refusal is shown on the page, which may try again; the first that is accepted ends it. */
  answer(sent: unknown): Outcome<T>;
}

export interface LoopbackOptions {
  /** Told the address as soon as it answers: on the terminal, or to the browser. */
  readonly announce: (url: string) => void;
  /** How long the page waits for its person. */
  readonly withinSeconds?: number;
  readonly checks?: readonly Check<LoopbackRequest>[];
}

/** Larger than any assertion or registration. */
const answerBytes = 16 * 1024;
const attempts = 20;

/**
 * Serves one page on the loopback of this machine, for one answer: on 127.0.0.1 and ::1 alone, at a path that nobody can guess, to its own origin. It ends with
 * the first answer that is accepted; or refuses, where its person declines, takes too long, or the port is somebody else's.
 */
export async function servePage<T>(
  { origin, html, answer }: LoopbackPage<T>,
  { announce, withinSeconds = 600, checks = loopbackChecks }: LoopbackOptions,
): Promise<Outcome<T>> {
  const { promise: done, resolve: finish, reject: fail } = Promise.withResolvers<Outcome<T>>();
  const path = `/${randomBytes(32).toString("base64url")}`;
  let left = attempts;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url = "" } = request;
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]));
    if (!judge({ candidate: { method, path: url }, headers, origin, path }, checks).outcome.ok)
      return reply(response, 404, "no such page\n");
    if (method === "GET") return reply(response, 200, html, "text/html; charset=utf-8");
    const sent = await readAnswer(request);
    const outcome = sent.ok && isDeclined(sent.value) ? declined : sent.ok ? answer(sent.value) : sent;
    left -= 1;
    reply(response, outcome.ok ? 200 : 422, JSON.stringify(outcome.ok ? { ok: true } : outcome), "application/json");
    if (outcome.ok || outcome === declined || left === 0) response.once("close", () => finish(outcome));
  };
  await using server = await listen(origin, (request, response) => {
    handle(request, response).catch((error) => (request.readableAborted ? response.destroy() : fail(error)));
  });
  if (!server.open) return refuse("port-taken", `${origin}, free`, server.found, "End the program that uses this port, and do it again.");
  using _ = timer(withinSeconds, () => finish(refuse("page-not-answered", `an answer within ${withinSeconds} s`, "none", again)));
  announce(`${origin}${path}`);
  return await done;
}

const again = "Nothing was signed. Run the command again when you are ready.";
const declined = refuse("declined", "a passkey", "its person declined", again);

function isDeclined(sent: unknown): boolean {
  return typeof sent === "object" && sent !== null && "declined" in sent && sent.declined === true;
}

/** On both loopback addresses: a browser takes either for `localhost`, and another program must have neither. */
async function listen(
  origin: string,
  handle: RequestListener,
): Promise<AsyncDisposable & { readonly open: boolean; readonly found: string }> {
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  };
  const port = Number(new URL(origin).port);
  for (const host of ["127.0.0.1", "::1"]) {
    const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 30_000 }, handle);
    const failed = await once(server.listen({ port, host, exclusive: true }), "listening").then(() => undefined, codeOf);
    if (failed === undefined) servers.push(server);
    else if (host === "127.0.0.1" || !["EADDRNOTAVAIL", "EAFNOSUPPORT"].includes(failed)) {
      await close();
      return { open: false, found: failed, [Symbol.asyncDispose]: close };
    }
  }
  return { open: true, found: "", [Symbol.asyncDispose]: close };
}

function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.message;
}

function timer(seconds: number, ring: () => void): Disposable {
  const timeout = setTimeout(ring, seconds * 1000);
  return { [Symbol.dispose]: () => clearTimeout(timeout) };
}

async function readAnswer(request: IncomingMessage): Promise<Outcome<unknown>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > answerBytes) break;
    chunks.push(chunk);
  }
  return length > answerBytes
    ? refuse("answer-too-large", `${answerBytes} bytes`, "more", again)
    : parseJson(Buffer.concat(chunks), { documentBytes: answerBytes, jsonDepth: 4 });
}

function reply(response: ServerResponse, status: number, body: string, type = "text/plain; charset=utf-8"): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    "content-security-policy": pagePolicy,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    connection: "close",
  });
  response.end(body);
}
