// SPDX-License-Identifier: Apache-2.0

/** An entry of govern's register. It is govern's word: good for names and dates, and never for who may do what. Times are ISO 8601. */
export interface Registered {
  readonly name: string;
  readonly kind: "person" | "identity";
  readonly owner: string;
  readonly deputy: string | null;
  readonly purpose: string;
  readonly duties: readonly string[];
  readonly channels: readonly string[];
  /** The key that it has, where it has one. */
  readonly keyid?: string | undefined;
  readonly reviewBy?: string | undefined;
  readonly registered?: string | undefined;
  readonly lastReviewed?: string | undefined;
  readonly lastUsed?: string | undefined;
  readonly status?: string | undefined;
}
