// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { repositoryServer } from "@countersign/distribute/server";

// The product's own server over a directory, as a process of its own, so that serving is nobody's time but its own:
// node server-process.ts DIRECTORY DELAY, where every answer waits for so many milliseconds, as on a line that is that long.
// It says where it listens, and after each `"count"` what was asked of it since the last.

const [, , directory = "", delay = "0"] = process.argv;
const server = repositoryServer(directory, { idle: 600_000, keepAlive: 60_000 });
const [answer] = server.listeners("request") as [(request: IncomingMessage, response: ServerResponse) => void];
server.removeAllListeners("request");
let requests = 0;
let bytes = 0;
server.on("request", (request, response) => {
  requests++;
  const { socket } = response;
  const before = socket?.bytesWritten ?? 0;
  response.on("finish", () => {
    bytes += (socket?.bytesWritten ?? 0) - before;
  });
  if (delay === "0") answer(request, response);
  else setTimeout(() => answer(request, response), Number(delay));
});
server.listen(0, "127.0.0.1", () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on("message", () => {
  process.send?.({ requests, bytes });
  requests = 0;
  bytes = 0;
});
process.on("disconnect", () => process.exit());
