// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "../outcome.ts";

/** One thing that a service must say of a key. */
export interface ServiceCheck {
  /** The service's own name for it. */
  readonly member: string;
  readonly wanted: readonly unknown[];
  readonly because: string;
}

/** Refuses a key of which its service does not say all of this. */
export function judgeSaid(key: string, said: Readonly<Record<string, unknown>>, checks: readonly ServiceCheck[]): Outcome<unknown> {
  const failed = checks.find(({ member, wanted }) => !wanted.includes(said[member]));
  if (failed === undefined) return accept(undefined);
  const { member, wanted, because } = failed;
  const expected = `${member}: ${wanted.map((value) => value ?? "absent").join(" or ")}`;
  return refuse("key-not-confined", expected, `${key}, ${member}: ${said[member] ?? "absent"}: ${because}`, "Make another key there.");
}
