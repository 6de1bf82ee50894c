// SPDX-License-Identifier: Apache-2.0
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** A page's origin at a port that nothing uses, and that no system gives to whoever asks for any: it is to be free again later, too. */
export async function freeOrigin(): Promise<string> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer().listen({ port, host: "127.0.0.1", exclusive: true });
    const free = await once(server, "listening").then(
      () => true,
      () => false,
    );
    if (!free) continue;
    server.close();
    await once(server, "close");
    return `http://localhost:${port}`;
  }
}
