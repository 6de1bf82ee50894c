// SPDX-License-Identifier: Apache-2.0
import type { Reader } from "@countersign/repository/store";
import type { Database } from "./database.ts";
import type { GovernChecks } from "./govern-checks.ts";
import type { Look } from "./published.ts";
import type { TokenAuthority } from "./token-authority.ts";

/** What the routes and workers of this duty share. */
export interface Govern {
  readonly database: Database;
  /** The store, for bytes by digest. */
  readonly store: Reader;
  readonly look: Look;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly checks: GovernChecks;
  /** Whose grants these are. */
  readonly tokens: TokenAuthority;
  /** How long a window that one person calls for alone waits before it opens. */
  readonly breakGlassSeconds: number;
}
