// SPDX-License-Identifier: Apache-2.0
import { closed, type Decoder, distinct, literal, name } from "@countersign/trust/decode";

/** `bundle.json`, the first file of a bundle. Nobody signs it and nothing is believed of it: it says for whom the rest was brought together. */
export interface BundleDescription {
  readonly _type: "bundle";
  readonly spec: "countersign/1";
  /** `revocations`: what it takes to hear who said no, and nothing to install. */
  readonly carries: "release" | "revocations";
  readonly product: string;
  readonly channel: string;
  readonly platforms: readonly string[];
}

export const descriptionPath = "bundle.json";

export const bundleDescription: Decoder<BundleDescription> = closed<BundleDescription>({
  _type: literal("bundle"),
  spec: literal("countersign/1"),
  carries: literal("release", "revocations"),
  product: name,
  channel: name,
  platforms: distinct(name, 1),
});
