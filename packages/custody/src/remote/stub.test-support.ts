// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What a service of the tests is asked, and answers. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly json: unknown;
}

/** Speaks the wire shape of a service on loopback. It shows what we send and that we read what is documented, and nothing about the service. */
export async function serveShape(answer: (asked: Asked) => Reply): Promise<{ readonly url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const { method = "", url: path = "", headers } = request;
    const { status = 200, json } = answer({ method, path, headers, body: await text(request) });
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
