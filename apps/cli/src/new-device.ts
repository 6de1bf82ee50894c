// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { root } from "@countersign/trust/anchor/root";
import { decode } from "@countersign/trust/decode";
import { readEnvelope } from "@countersign/trust/envelope";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { createDevice, type DeviceConfig, deviceConfig, openDevice } from "@countersign/updater/device";

/** Makes a device with a name of its own, in a directory that has none yet. Refuses a root that no updater could read. */
export async function newDevice(
  directory: string,
  fields: Omit<DeviceConfig, "id" | "installer">,
  rootFile: string,
): Promise<Outcome<DeviceConfig>> {
  if ((await openDevice(directory)).ok)
    return refuse("device-exists", "a directory without a device", directory, "Use the device that is there, or name another directory.");
  const url = fields.url.replace(/\/+$/, "");
  const config = decode(deviceConfig, { ...fields, url, id: randomUUID(), installer: "directory" }, "the device");
  if (!config.ok) return config;
  const bytes = await readFile(rootFile).catch(absent);
  if (bytes === undefined)
    return refuse("no-root", "the root to trust", `nothing at ${rootFile}`, "Take root.json from the project's directory.");
  const anchor = readEnvelope(root, bytes, rootFile);
  if (!anchor.ok) return anchor;
  await createDevice(directory, config.value, bytes);
  return accept(config.value);
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
