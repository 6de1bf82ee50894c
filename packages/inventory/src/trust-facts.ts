// SPDX-License-Identifier: Apache-2.0
import type { RepositoryView } from "@countersign/repository/view";
import type { Known } from "./inventory.ts";
import type { Use } from "./seen-use.ts";
import type { Beginnings } from "./since.ts";

/** Everything by which the rows are made. */
export interface TrustFacts {
  readonly view: RepositoryView;
  readonly known: Known;
  readonly uses: ReadonlyMap<string, Use>;
  readonly began: Beginnings;
  /** Unix milliseconds. */
  readonly now: number;
  /** One channel only; all of them where it is undefined. */
  readonly channel?: string | undefined;
}
