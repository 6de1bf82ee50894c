// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** What the attacker puts in the place of a file: other bytes, nothing at all, or a trick on the connection. */
export type Forged = Uint8Array | undefined | ((response: ServerResponse) => void);

/** By store path. */
export type Files = ReadonlyMap<string, Forged>;

export interface Mirror extends AsyncDisposable {
  readonly url: string;
  /** When the store beneath was kept, Unix milliseconds: whoever is led here lives then, unless somebody puts the clock wrong. */
  readonly kept: number;
}

/** A server of the attacker's own: an honest store with forged files over it. It signs nothing and is believed by nobody; that is the point. */
export async function startMirror(store: string, forged: Files = new Map()): Promise<Mirror> {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://mirror").pathname.slice(1));
    const file = forged.get(path);
    if (typeof file === "function") file(response);
    else if (file !== undefined) response.end(file);
    else if (forged.has(path)) response.writeHead(404).end();
    else await serveFile(join(store, path), response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const { mtimeMs: kept } = await stat(join(store, "metadata", "timestamp.json"));
  return {
    kept,
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A victim that ended in the middle, or before its file was found. */
const gone: readonly string[] = ["ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_UNABLE_TO_PIPE"];

async function serveFile(file: string, response: ServerResponse): Promise<void> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (found?.isFile() !== true) response.writeHead(404).end();
  else
    await pipeline(createReadStream(file), response).catch((error: NodeJS.ErrnoException) => {
      if (!gone.includes(error.code ?? "")) throw error;
    });
}

/** A body that never ends, as fast as `bytesPerSecond`. */
export function endless(bytesPerSecond: number): (response: ServerResponse) => void {
  return (response) => send(response, Buffer.alloc(Math.ceil(bytesPerSecond / 20)), 50);
}

/** A body that comes in drops: always alive, never done. */
export function drip(millisecondsPerByte: number): (response: ServerResponse) => void {
  return (response) => send(response, Buffer.from("."), millisecondsPerByte);
}

/** An answer that begins and then falls silent. */
export function silent(response: ServerResponse): void {
  response.writeHead(200).write(".");
}

function send(response: ServerResponse, piece: Buffer, milliseconds: number): void {
  const timer = setInterval(() => response.write(piece), milliseconds);
  response.on("close", () => clearInterval(timer));
}
