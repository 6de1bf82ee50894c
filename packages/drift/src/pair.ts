// SPDX-License-Identifier: Apache-2.0
import type { Bump } from "./bump.ts";
import type { Contents } from "./contents.ts";

/**
 * What is known of a release beside its bytes, as signed evidence has it, but for what says that it is not. What nobody knows is undefined, and then nothing is said about it: absence of
 * knowledge is no finding and no innocence.
 */
export interface Circumstances {
  /** Who published it: an account, an address, a signer. */
  readonly publisher?: string | undefined;
  /** The strongest evidence of origin that stands under it. */
  readonly origin?: "none" | "signed" | "attested" | "countersigned" | undefined;
  /** Whether its source has a tag, or somebody declared the intent to release it, before it was there. */
  readonly intended?: boolean | undefined;
  /** Unix seconds, from signed evidence only. */
  readonly time?: number | undefined;
  /** Privileges that the statement declares. */
  readonly declared?: readonly string[] | undefined;
  /** Where the keys live that signed for it, `encrypted-file` or `pkcs11`, say. */
  readonly custody?: readonly string[] | undefined;
  /** Age in hours of each new dependency's chosen version, where a registry says it; nobody signs that. */
  readonly dependencyAges?: Readonly<Record<string, number>> | undefined;
  /** Stable releases of this product, of whatever line, in the hour up to this one, itself included. */
  readonly withinHour?: number | undefined;
}

/** One release of a line. */
export interface Snapshot extends Circumstances {
  readonly version: string;
  readonly contents: Contents;
}

/** A release beside the one before it in its own line, never in global order of date: old lines live on beside new ones. */
export interface Pair {
  readonly before: Snapshot | undefined;
  readonly after: Snapshot;
  readonly bump: Bump;
}
