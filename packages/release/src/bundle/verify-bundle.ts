// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome } from "@countersign/trust/refusal";
import { openBundle } from "@countersign/updater/bundle/bundle-file";
import type { BundleDescription } from "@countersign/updater/bundle/description";
import type { Report } from "@countersign/updater/report";
import { lookAs } from "./scratch-device.ts";
import type { BundleOptions } from "./site.ts";

/** What a bundle says that it is for, and what a new device of each platform found in it. */
export interface VerifiedBundle {
  readonly description: BundleDescription;
  readonly reports: readonly Report[];
}

/** The last gate before anything is changed on a device. */
const stageGateNumber = 14;

/**
 * Verifies a bundle as devices will that trust this root and have seen nothing yet: gates 1 to 14, for each platform that it is for, with what each of them grants left aside. The root must come from
 * elsewhere than the bundle. The first refusal is the answer.
 */
export async function verifyBundle(
  file: string,
  root: Uint8Array,
  { clock, progress }: BundleOptions = {},
): Promise<Outcome<VerifiedBundle>> {
  const bundle = await openBundle(file);
  if (!bundle.ok) return bundle;
  const { description } = bundle.value;
  const { product, channel, platforms } = description;
  const reports: Report[] = [];
  for (const platform of platforms) {
    progress?.({ step: `verifying as a device on ${platform} would` });
    const site = { url: "file:///nowhere", product, channel, platforms: [platform], root } as const;
    const looked = await lookAs(site, platform, stageGateNumber, { ...(clock && { clock }), bundle: file });
    if (!looked.ok) return looked;
    await using device = looked.value;
    if (device.report.refusal !== undefined) return { ok: false, refusal: device.report.refusal };
    reports.push(device.report);
  }
  return accept({ description, reports });
}
