// SPDX-License-Identifier: Apache-2.0
// Real servers on loopback for the tests of this room, closed when the test file is done: http, https by the test authority, and a proxy.

import { once } from "node:events";
import { createServer, type RequestListener, request, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { after } from "node:test";
import { testCertificate, testKey } from "./tls.test-support.ts";

/** Serves http on a free port; answers the URL of the server, with a final slash. */
export async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await portOf(createServer(listener))}/`;
}

/** The same by https, as repository.test, mirror.test or 127.0.0.1. */
export async function serveSecurely(listener: RequestListener): Promise<string> {
  return `https://127.0.0.1:${await portOf(createSecureServer({ key: testKey, cert: testCertificate }, listener))}/`;
}

export interface TestProxy {
  readonly url: string;
  /** What it was asked, in order: `GET http://host/path` or `CONNECT host:port`, with the headers that it could read. */
  readonly asked: readonly { readonly line: string; readonly headers: Readonly<Record<string, unknown>> }[];
}

/** A proxy that takes every host for this machine. With `password` (`user:password`) it lets nobody else through. */
export async function startProxy(password?: string): Promise<TestProxy> {
  const asked: { line: string; headers: Record<string, unknown> }[] = [];
  const wanted = password === undefined ? undefined : `Basic ${Buffer.from(password).toString("base64")}`;
  const server = createServer((incoming, response) => {
    asked.push({ line: `${incoming.method} ${incoming.url}`, headers: incoming.headers });
    if (wanted !== undefined && incoming.headers["proxy-authorization"] !== wanted) return void response.writeHead(407).end();
    const { port, pathname, search } = new URL(incoming.url ?? "");
    const onward = request({ host: "127.0.0.1", port, path: pathname + search, headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.writeHead(502).end());
    onward.end();
  });
  server.on("connect", (incoming, socket) => {
    asked.push({ line: `CONNECT ${incoming.url}`, headers: incoming.headers });
    if (wanted !== undefined && incoming.headers["proxy-authorization"] !== wanted)
      return void socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    const onward = connect(Number(incoming.url?.split(":").at(-1)), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    socket.on("error", () => onward.destroy());
    onward.on("error", () => socket.destroy());
    after(() => onward.destroy());
  });
  return { url: `http://${password === undefined ? "" : `${password}@`}127.0.0.1:${await portOf(server)}`, asked };
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}
