// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { closed, type Decoder, decode, distinct, literal, matching, name } from "@countersign/trust/decode";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import { makeDirectory, writeDurably } from "./durable.ts";
import { isErrno } from "./errno.ts";

/** What one installation of one product is. Kept as `device.json` in its directory; only its operator writes it. */
export interface DeviceConfig {
  /** Where the repository is served. */
  readonly url: string;
  readonly product: string;
  readonly platform: string;
  readonly channel: string;
  /** A name that only this device has: it decides the device's turn in a rollout. */
  readonly id: string;
  /** What releases may ask for here. */
  readonly privileges: readonly string[];
  readonly installer: "directory";
}

/** A device: its directory and what stands in it. */
export interface Device extends DeviceConfig {
  /** Absolute: the release's own programs are started in other directories. */
  readonly directory: string;
}

export const deviceConfig: Decoder<DeviceConfig> = closed<DeviceConfig>({
  url: matching(/^https?:\/\/[^\s?#]+[^\s?#/]$/, "an http or https address without a final slash"),
  product: name,
  platform: name,
  channel: name,
  id: name,
  privileges: distinct(name),
  installer: literal("directory"),
});

/** Reads the device that lives in a directory. */
export async function openDevice(directory: string): Promise<Outcome<Device>> {
  const file = join(directory, "device.json");
  const remedy = "Make one with: countersign device init DIRECTORY --url URL --root FILE --product NAME --channel NAME";
  try {
    const config = decode(deviceConfig, JSON.parse(await readFile(file, "utf8")), file);
    return config.ok ? { ok: true, value: { ...config.value, directory: resolve(directory) } } : config;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return refuse("no-device", "device.json", directory, remedy);
    if (error instanceof SyntaxError) return refuse("malformed-document", "device.json with JSON in it", error.message, remedy);
    throw error;
  }
}

/** Writes a new device. The root is the trust anchor: it must come from the release that is installed first, never from the network. */
export async function createDevice(directory: string, config: DeviceConfig, anchorRoot: Uint8Array): Promise<void> {
  await makeDirectory(directory, 0o755);
  await writeDurably(join(directory, "anchor.root.json"), anchorRoot, 0o644);
  await writeDurably(join(directory, "device.json"), `${JSON.stringify(config, null, 2)}\n`, 0o644);
}
