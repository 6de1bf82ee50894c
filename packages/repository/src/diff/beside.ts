// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import type { Head } from "@countersign/trust/release/head";
import { type Lines, writeAll } from "./lines.ts";

/** What a document lists by digest, where it is at hand: then a diff says what changes in that, too. */
export interface Beside {
  /** Of a top-level targets file. */
  readonly policy?: Json | undefined;
  /** Of a channel file, by target path. */
  readonly heads?: ReadonlyMap<string, Head> | undefined;
}

/** The lines of a policy, and of the releases and orders in heads. */
export function besideLines(lines: Lines, { policy, heads }: Beside): void {
  if (policy !== undefined) writeAll(lines, "the policy", policy);
  for (const [path, { releases, orders }] of heads ?? []) {
    for (const { body, digest } of releases)
      lines.set(`release ${body.sequence} in ${path}`, { version: body.version, digest, epoch: body.epoch });
    for (const { body, digest } of orders) lines.set(`order ${body.number} in ${path}`, { ...body, digest });
  }
}
