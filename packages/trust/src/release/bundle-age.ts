// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "../check.ts";
import { refuse } from "../refusal.ts";

/** A bundle that was carried to a device, by the time at which it was complete. */
export interface BundleSubject {
  /** The witnessed time of the checkpoint that its timestamp carries, Unix seconds. */
  readonly candidate: { readonly witnessed: number };
  /** What age is judged by, Unix seconds: the larger of the device's clock and the latest witnessed time that it knows. */
  readonly now: number;
  /** As the channel's rules say. */
  readonly bundleSeconds?: number | undefined;
}

/** A bundle is judged at its own time, so that nothing in it goes stale on the way; what was said since is not heard, and that ends here (gate 7). */
export const bundleAgeCheck: Check<BundleSubject> = {
  name: "bundle/age",
  source: "a bundle is installed for as long as the policy says",
  examine: ({ candidate: { witnessed }, now, bundleSeconds }) => {
    if (bundleSeconds === undefined)
      return refuse(
        "bundle-not-taken",
        "a channel with bundleSeconds in its policy",
        "none",
        "Give this device a network or a copy of the repository, or have the policy's signers admit bundles.",
      );
    return decide(
      now - witnessed <= bundleSeconds,
      `witnessed within ${bundleSeconds} s`,
      `${Math.max(0, now - witnessed)} s ago`,
      "bundle-too-old",
      "Somebody may have said no since. What it carries of revocations was heard; make a new one: countersign bundle create",
    );
  },
};
