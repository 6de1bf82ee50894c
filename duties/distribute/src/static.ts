// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { cacheControl, entryPoints, immutablePrefixes } from "./caching.ts";
import { byteRange, notModified } from "./conditional.ts";
import { requestPath } from "./request-path.ts";
import { openStoreFile } from "./store-file.ts";

const index = JSON.stringify({ name: "countersign repository", paths: ["metadata/", ...entryPoints, ...immutablePrefixes] });

/** How much of a file is read at once, and held for each client that is slow. With Node's own 64 KiB a third less gets through to a fast one. */
const chunkBytes = 256 * 1024;

/**
 * Answers one request from the files below `root`: GET and HEAD, one range, strong ETags, caching by name. It reads files and
 * knows nothing of what is in them. Rejects only when the machine fails (then nothing was answered, or the socket was cut).
 */
export async function serveStatic(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader("X-Content-Type-Options", "nosniff");
  const head = request.method === "HEAD";
  if (request.method !== "GET" && !head) return refuse(response, 405, { Allow: "GET, HEAD", Connection: "close" });
  const path = requestPath(request.url ?? "");
  if (path === undefined) return refuse(response, 400);
  if (path === "") {
    response.writeHead(200, {
      "Content-Type": "application/json",
      "Content-Length": Buffer.byteLength(index),
      "Cache-Control": "no-cache",
    });
    response.end(head ? undefined : index);
    return;
  }

  await using file = await openStoreFile(root, path);
  if (file === undefined) return refuse(response, 404);
  response.setHeader("ETag", file.etag);
  response.setHeader("Cache-Control", cacheControl(path));
  response.setHeader("Accept-Ranges", "bytes");
  if (notModified(request.headers, file.etag)) {
    response.writeHead(304).end();
    return;
  }
  const range = head ? undefined : byteRange(request.headers, file.etag, file.size);
  if (range === "unsatisfiable") return refuse(response, 416, { "Content-Range": `bytes */${file.size}` });
  const { start, end } = range ?? { start: 0, end: file.size - 1 };
  response.setHeader("Content-Type", contentType(path));
  response.setHeader("Content-Length", end - start + 1);
  if (range !== undefined) response.setHeader("Content-Range", `bytes ${start}-${end}/${file.size}`);
  response.writeHead(range === undefined ? 200 : 206);
  if (head || file.size === 0) {
    response.end();
    return;
  }
  await send(file.handle.createReadStream({ start, end, autoClose: false, highWaterMark: chunkBytes }), response);
}

async function send(bytes: NodeJS.ReadableStream, response: ServerResponse): Promise<void> {
  try {
    await pipeline(bytes, response);
  } catch (error) {
    const gone = error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
    if (!gone) throw error; // a client that leaves early is no failure of ours
  }
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "Cache-Control": "no-cache", ...headers, "Content-Length": 0 }).end();
}

function contentType(path: string): string {
  if (path.endsWith(".json")) return "application/json";
  return path === "log/checkpoint" ? "text/plain; charset=utf-8" : "application/octet-stream";
}
