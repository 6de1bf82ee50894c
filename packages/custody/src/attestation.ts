// SPDX-License-Identifier: Apache-2.0

/**
 * What the place itself says of where a private half lives, read when the key was opened. It is evidence for people and for the blast
 * radius, as trustworthy as the module or the service that says it; no device decides anything by it.
 */
export interface Attestation {
  /** Where it lives, in the words that `key list` and the blast radius use. */
  readonly custody: string;
  /** What was said, by the place's own names. */
  readonly says: Readonly<Record<string, string | boolean>>;
}
