// SPDX-License-Identifier: Apache-2.0
// A device of its own before a mirror of its own.

import { mkdtempDisposable } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { must } from "@countersign/trust/simulator.test-support";
import { createDevice } from "../device.ts";
import type { Gate } from "../gate.ts";
import type { Memory } from "../memory.ts";
import type { Report } from "../report.ts";
import type { Documents } from "../stored-documents.ts";
import { openTrustStore, saveTrustStore } from "../trust-store.ts";
import { update } from "../update.ts";

/** What a mirror serves in the place of a file; nothing where it keeps it back. */
export type Mirror = (path: string, bytes: Uint8Array) => Uint8Array | undefined;

export interface DeviceScene {
  /** The root that the device was made with. */
  readonly root: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** An honest one, unless told. */
  readonly mirror?: Mirror | undefined;
  /** What the device holds from before; it is newborn, unless told. */
  readonly holds?: readonly [Partial<Documents>, Memory];
  /** Its system clock, in Unix milliseconds. */
  readonly clock?: () => number;
  /** All of them, unless told. */
  readonly gates?: readonly Gate[];
  /** Looks into its directory afterwards. */
  readonly leaves?: ((directory: string) => Promise<void>) | undefined;
}

/** What a device reports that looks for a release of `hello` on `stable`. */
export async function looks({ root, files, mirror = (_, bytes) => bytes, holds, clock, gates, leaves }: DeviceScene): Promise<Report> {
  const server = createServer(({ url = "" }, response) => {
    const path = url.slice(1);
    const bytes = files.get(path);
    const served = bytes && mirror(path, bytes);
    response.writeHead(served === undefined ? 404 : 200).end(served);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  await using device = await mkdtempDisposable(`${tmpdir()}/countersign-device-`);
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const place = { product: "hello", platform: "linux-x64", channel: "stable", id: "d", privileges: [], installer: "directory" } as const;
    await createDevice(device.path, { ...place, url }, root);
    if (holds !== undefined) {
      await openTrustStore(device.path); // makes the directory
      await saveTrustStore(device.path, ...holds);
    }
    const report = must(await update(device.path, { until: "check", ...(clock && { clock }), ...(gates && { gates }) }));
    await leaves?.(device.path);
    return report;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
