// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Dates by version, or a body that is no packument. */
export type Packument = Readonly<Record<string, string>> | string;

/** What an npm registry answers of these packages, by the path under which it is asked; and under which paths it was. */
export async function startRegistry(
  packages: Readonly<Record<string, Packument>>,
): Promise<AsyncDisposable & { readonly url: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const known = packages[path];
    if (known === undefined) response.writeHead(404).end('{"error":"Not found"}');
    else
      response.end(typeof known === "string" ? known : JSON.stringify({ name: path, time: { created: "2020-01-01T00:00:00Z", ...known } }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
