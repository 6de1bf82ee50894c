// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { runDuty } from "@countersign/daemon/process";
import { parseConfig } from "./config.ts";
import { repositoryServer } from "./server.ts";

runDuty("distribute", parseConfig, async ({ port, host, store }, signal) => {
  const server = repositoryServer(store).listen(port, host);
  await once(server, "listening", { signal });
  signal.addEventListener("abort", () => {
    server.close();
    server.closeIdleConnections();
  });
  return { url: `http://${host}:${(server.address() as AddressInfo).port}` };
});
