// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { closed, type Decoder, decode, distinct, literal, matching, name, optional, record, text } from "@countersign/trust/decode";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { makeDirectory, writeDurably } from "./durable.ts";
import { isErrno } from "./errno.ts";
import type { NetworkSettings } from "./network.ts";

/** What one installation of one product is. Kept as `device.json` in its directory; only its operator writes it. */
export interface DeviceConfig {
  /** Where the repository is served: over http or https, or a directory of this machine (`file:///media/updates`). */
  readonly url: string;
  /** Where else: asked in this order when `url` fails or serves what is refused. */
  readonly mirrors?: readonly string[] | undefined;
  /** How the network is reached: `environment` if nothing is said, `none`, or the URL of a proxy. */
  readonly proxy?: string | undefined;
  /** A file of PEM certificates, by its path from the device's directory: where given, only what they vouch for is accepted as https. */
  readonly ca?: string | undefined;
  /** Headers by origin, such as authorization. They go nowhere else. */
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
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

const address = matching(/^(?:https?:\/\/|file:\/\/\/)[^\s?#]+[^\s?#/]$/, "an http, https or file address without a final slash");
const origin = matching(/^https?:\/\/[^\s?#/@]+$/, "an origin, such as https://updates.example");
const headerName = matching(/^[A-Za-z0-9-]{1,100}$/, "the name of a header");
const headerValue = matching(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, "the value of a header");

export const deviceConfig: Decoder<DeviceConfig> = closed<DeviceConfig>({
  url: address,
  mirrors: optional(distinct(address)),
  proxy: optional(matching(/^(?:environment|none|https?:\/\/\S+)$/, "environment, none or the address of a proxy")),
  ca: optional(text),
  headers: optional(record(origin, record(headerName, headerValue))),
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

/** How this device reaches the network. */
export async function networkSettings({ directory, headers, proxy, ca }: Device): Promise<Outcome<NetworkSettings>> {
  if (ca === undefined) return accept({ headers, proxy });
  const file = resolve(directory, ca);
  try {
    return accept({ headers, proxy, ca: await readFile(file, "utf8") });
  } catch (error) {
    if (!isErrno(error, "ENOENT", "EACCES")) throw error;
    return refuse("no-certificates", `PEM certificates in ${file}`, String(error), "Put the file there, or take `ca` out of device.json.");
  }
}

/** Writes a new device. The root is the trust anchor: it must come from the release that is installed first, never from the network. */
export async function createDevice(directory: string, config: DeviceConfig, anchorRoot: Uint8Array): Promise<void> {
  await makeDirectory(directory, 0o755);
  await writeDurably(join(directory, "anchor.root.json"), anchorRoot, 0o644);
  const addresses = [config.url, ...(config.mirrors ?? []), config.proxy ?? ""];
  const secret = config.headers !== undefined || addresses.some((each) => each.includes("@")); // user:password@host
  const mode = secret ? 0o600 : 0o644;
  await writeDurably(join(directory, "device.json"), `${JSON.stringify(config, null, 2)}\n`, mode);
}
