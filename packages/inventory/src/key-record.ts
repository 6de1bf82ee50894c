// SPDX-License-Identifier: Apache-2.0

/**
 * What is known of a key where it lives; nothing published says it. Whatever could not be asked is undefined, and is shown as unknown. Times are ISO 8601.
 */
export interface KeyRecord {
  readonly keyid: string;
  /** The name of its holder, for keys of root and targets, which no document names. */
  readonly holder?: string | undefined;
  /** Who answers for it, for keys of the ledger and its witnesses; where a document says so, that counts. */
  readonly owner?: string | undefined;
  /** The adapter's own words: "encrypted-file (development)", "pkcs11", ... */
  readonly custody: string;
  /** Whether whoever reads a disk has it. */
  readonly development: boolean;
  /** Whatever is opened as one: a token, a directory on a host, a cloud account. Keys of one domain fall together. */
  readonly domain?: string | undefined;
  /** The machine on which it is used. */
  readonly machine?: string | undefined;
  readonly created?: string | undefined;
  readonly expires?: string | undefined;
  readonly signatures?: number | undefined;
  readonly lastUsed?: string | undefined;
  readonly nextReview?: string | undefined;
}

/** Where a process runs that holds no key. */
export interface ServiceRecord {
  readonly service: string;
  readonly machine?: string | undefined;
  readonly domain?: string | undefined;
  readonly owner?: string | undefined;
}
