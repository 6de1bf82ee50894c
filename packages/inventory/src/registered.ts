// SPDX-License-Identifier: Apache-2.0

/**
 * An identity as govern's register shows it. It is govern's word: good for purposes, names and dates, and never for who may do what. Times are ISO 8601, and
 * undefined where govern does not say.
 */
export interface Registered {
  readonly name: string;
  readonly component: string;
  readonly purpose: string;
  readonly owner: string;
  readonly deputy: string;
  readonly duties: readonly string[];
  readonly channel: string;
  /** The key that it has, where it has one that stays. */
  readonly keyid: string | null;
  readonly reviewBy: string;
  readonly status: string;
  readonly registered?: string | undefined;
  readonly lastReviewed?: string | undefined;
  readonly lastUsed?: string | undefined;
}
