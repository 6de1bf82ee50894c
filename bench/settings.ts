// SPDX-License-Identifier: Apache-2.0

/** What can be measured by itself. */
export const parts = ["clients", "device", "download", "publish"] as const;
export type Part = (typeof parts)[number];

/** What a run was asked for. */
export interface Settings {
  /** Small sizes: to see that it works, not how fast it is. */
  readonly quick: boolean;
  readonly only: readonly Part[];
  /** How often each thing is measured; the median counts. */
  readonly repeat: number;
  /** How long one run of tuf-js may take. */
  readonly limitSeconds: number;
  /** Says what is at work. */
  readonly progress: (text: string) => void;
}

/** Nothing of ours may take longer. */
export const ownLimitSeconds = 600;
