// SPDX-License-Identifier: Apache-2.0
import type { DeviceConfig } from "@countersign/updater/device";
import type { Network } from "@countersign/updater/network";
import type { UpdateOptions } from "@countersign/updater/update";

/** The devices that a bundle is for, and where their releases are published. */
export interface Site extends Pick<DeviceConfig, "url" | "mirrors" | "product" | "channel"> {
  readonly platforms: readonly [string, ...string[]];
  /** The root that the devices trust, or the oldest where they differ: the way from it to the newest is in the bundle. */
  readonly root: Uint8Array;
}

/** What goes into a bundle: all that it takes to install, or what it takes to hear who said no. */
export type Carries = "release" | "revocations";

/** How far a bundle has come, in words and in bytes where there are any. */
export type BundleProgress = (at: { readonly step: string; readonly done?: number; readonly total?: number }) => void;

export interface BundleOptions {
  /** Unix milliseconds. */
  readonly clock?: UpdateOptions["clock"];
  readonly network?: Network;
  readonly progress?: BundleProgress;
}
