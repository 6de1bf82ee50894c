// SPDX-License-Identifier: Apache-2.0
import { createServer, type Server } from "node:http";
import { errorText, logEvent } from "@countersign/daemon/event";
import { serveStatic } from "./static.ts";

/** What one client, and all of them, may cost. Times are in milliseconds. */
export interface Limits {
  /** For a request to arrive, headers and all. */
  readonly request: number;
  /** For a socket on which nothing moves, be it a client that does not read. */
  readonly idle: number;
  /** Between two requests of one connection. */
  readonly keepAlive: number;
  readonly headerBytes: number;
  readonly connections: number;
}

const defaults: Limits = { request: 10_000, idle: 30_000, keepAlive: 5_000, headerBytes: 8 * 1024, connections: 4096 };

/** A web server over the files below `root`, not yet listening. */
export function repositoryServer(root: string, limits: Partial<Limits> = {}): Server {
  const { request, idle, keepAlive, headerBytes, connections } = { ...defaults, ...limits };
  const timeouts = {
    headersTimeout: request,
    requestTimeout: request,
    connectionsCheckingInterval: request / 4,
    keepAliveTimeout: keepAlive,
  };
  const server = createServer({ ...timeouts, maxHeaderSize: headerBytes }, (incoming, response) => {
    serveStatic(root, incoming, response).catch((error) => {
      logEvent("distribute", "request-failed", { path: incoming.url, error: errorText(error) });
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { "Cache-Control": "no-store", Connection: "close" }).end();
    });
  });
  server.maxConnections = connections;
  server.setTimeout(idle);
  return server;
}
