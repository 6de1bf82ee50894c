// SPDX-License-Identifier: Apache-2.0

/**
 * An identity as govern's register shows it. It is govern's word: good for purposes, names and dates, and never for who may do what. Times are ISO 8601.
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
}

/** What happened, as govern tells it. */
export interface ActSeen {
  readonly time: string;
  readonly who: string;
  readonly act: string;
  readonly subject: string;
}

/** The acts by which somebody looked at a power again and found it right. */
const reviews: readonly string[] = ["identity.renewed", "review.confirmed"];

/** When somebody or something last acted, and was last reviewed; what is older than the acts that govern still tells is undefined. */
export function historyOf(
  acts: readonly ActSeen[],
  name: string,
): { readonly lastReviewed: string | undefined; readonly lastActed: string | undefined } {
  const last = (of: (act: ActSeen) => boolean): string | undefined =>
    acts
      .filter(of)
      .map(({ time }) => time)
      .sort()
      .at(-1);
  return {
    lastReviewed: last(({ act, subject }) => subject === name && reviews.includes(act)),
    lastActed: last(({ act, who }) => who === name && !act.startsWith("review.")),
  };
}
