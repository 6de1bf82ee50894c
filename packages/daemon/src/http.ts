// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { Refusal } from "@countersign/tlog/refusal";
import { getRequestListener } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { errorText, logEvent } from "./event.ts";

/** What answers requests: a Hono app, or one function. */
export type Handler = Hono | ((request: Request) => Response | Promise<Response>);

export interface ServeOptions {
  /** 0 is any free port. */
  readonly port: number;
  /** 127.0.0.1 unless told. */
  readonly host?: string;
  /** 1 MiB unless told. */
  readonly maxBodyBytes?: number;
}

const MAX_BODY_BYTES = 1_048_576;
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5_000, connectionsCheckingInterval: 5_000 };

/**
 * Serves until the signal aborts, and answers its url without a slash at the end.
 *
 * What the handler does not answer itself is answered as a refusal: a body above the limit 413, JSON that does not parse 400, an
 * unknown route 404, and an unexpected throw 500, with the error in the log and not in the answer.
 */
export async function serve(handler: Handler, options: ServeOptions, signal: AbortSignal): Promise<string> {
  const { port, host = "127.0.0.1", maxBodyBytes = MAX_BODY_BYTES } = options;
  const app = new Hono();
  app.use(bodyLimit({ maxSize: maxBodyBytes, onError: (context) => tooLarge(context, maxBodyBytes) }));
  app.notFound(({ req }) => respondRefusal(notFound(req.method, req.path), 404));
  app.onError((error, { req }) => respondError(error, req.raw));
  if (handler instanceof Hono) app.route("/", handler);
  else app.all("*", ({ req }) => handler(req.raw));

  const server = createServer(TIMEOUTS, getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  server.listen(port, host);
  await once(server, "listening", { signal });
  signal.addEventListener("abort", () => close(server), { once: true });
  const address = server.address();
  return `http://${host}:${typeof address === "object" ? address?.port : port}`;
}

/** A refusal over HTTP: `{"refusal":{code,expected,found,remedy}}`, 400 unless told. */
export function respondRefusal(refusal: Refusal, status: ContentfulStatusCode = 400): Response {
  return Response.json({ refusal }, { status });
}

function respondError(error: Error, request: Request): Response {
  if (error instanceof SyntaxError && request.body !== null) {
    const remedy = "send a body that is one JSON value";
    return respondRefusal({ code: "json-malformed", expected: "JSON", found: error.message, remedy }, 400);
  }
  logEvent(process.title, "request-failed", { method: request.method, url: request.url, error: errorText(error) });
  const remedy = "try again; if it stays so, look into the log of this duty";
  return respondRefusal({ code: "internal", expected: "an answer", found: "an unexpected failure", remedy }, 500);
}

function notFound(method: string, path: string): Refusal {
  return { code: "not-found", expected: "a route of this duty", found: `${method} ${path}`, remedy: "see its README for the routes" };
}

function tooLarge(context: Context, maxBodyBytes: number): Response {
  const found = context.req.header("content-length") ?? "more";
  return respondRefusal({ code: "body-too-large", expected: `at most ${maxBodyBytes} bytes`, found, remedy: "send less at once" }, 413);
}

/** Requests under way may finish; `runDuty` bounds for how long. */
function close(server: Server): void {
  server.close();
  server.closeIdleConnections();
}
