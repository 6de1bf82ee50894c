// SPDX-License-Identifier: Apache-2.0

/** What one implementation cannot do, by feature: when it writes, and when it reads. */
export interface Lacking {
  readonly write?: Readonly<Record<string, string>>;
  readonly read?: Readonly<Record<string, string>>;
}

/**
 * What is known to be missing elsewhere, and why; seen in the versions that are installed here. It is held against each run: a feature that
 * works after all is a mismatch too, so that this list stays true.
 */
export const lacking: Readonly<Record<string, Lacking>> = {
  "tuf-js": {},
  "go-tuf": {
    write: { "p-384": "has no name for the scheme of a new key" },
    read: { "hash-prefixes": "compares hex prefixes with the base64 of the hash" },
  },
  tough: {
    write: { "succinct-bins": "has no succinct hash bins", "p-384": "has P-256 only" },
    read: {
      "succinct-bins": "has no succinct hash bins",
      "p-384": "has P-256 only",
      directories: "puts the hash before the whole path, not before the file name",
      "stray-target": "refuses the whole repository where a role lists what is not its",
      "our-releases": "puts the hash before the whole path, not before the file name",
    },
  },
};
