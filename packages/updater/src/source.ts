// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome } from "@countersign/trust/refusal";
import { openBundle } from "./bundle/bundle-file.ts";
import { bundleBase, bundleNetwork } from "./bundle/bundle-network.ts";
import { type Device, networkSettings } from "./device.ts";
import { readMirrorHealth, writeMirrorHealth } from "./mirror-health.ts";
import { Mirrors } from "./mirrors.ts";
import { type Network, network } from "./network.ts";

/** Where an attempt reads the repository: over the network from the device's mirrors, or in a bundle. */
export interface Source extends Disposable {
  readonly mirrors: Mirrors;
  readonly network: Network;
  /** `false` for the network, else what the bundle says that it carries. */
  readonly bundled: false | "release" | "revocations";
  /** Keeps what was learned of the mirrors. */
  settle(): Promise<void>;
}

/** The device's own mirrors. Another way to them may be given, which is left open. */
export async function onlineSource(device: Device, clock: () => number, way?: Network): Promise<Outcome<Source>> {
  const settings = await networkSettings(device);
  if (!settings.ok) return settings;
  const health = await readMirrorHealth(device.directory);
  const mirrors = new Mirrors([device.url, ...(device.mirrors ?? [])], clock, health);
  const own = network(settings.value);
  return accept({
    mirrors,
    network: way ?? own,
    bundled: false,
    settle: () => writeMirrorHealth(device.directory, health, mirrors.health),
    [Symbol.dispose]: () => own[Symbol.dispose](),
  });
}

/** A bundle by its file. Nothing is ever asked for elsewhere. */
export async function bundleSource(file: string): Promise<Outcome<Source>> {
  const bundle = await openBundle(file);
  if (!bundle.ok) return bundle;
  return accept({
    mirrors: new Mirrors([bundleBase]),
    network: bundleNetwork(bundle.value),
    bundled: bundle.value.description.carries,
    settle: async () => undefined,
    [Symbol.dispose]: () => undefined,
  });
}
