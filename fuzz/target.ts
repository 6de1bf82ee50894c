// SPDX-License-Identifier: Apache-2.0
import type { Outcome } from "@countersign/tlog/refusal";

/** Bytes from anywhere, and what our reader says of them. A throw is a finding, and so is a `Broken`. */
export type Examine = (input: Uint8Array) => Outcome<unknown> | Promise<Outcome<unknown>>;

/** One reader under fire: one file below `targets/`. */
export interface Target {
  readonly name: string;
  /** The folders below `corpus/` whose files it starts from. */
  readonly corpus: readonly string[];
  /** Seeds that are made here and now, beside those of the corpus. */
  readonly seeds?: readonly Uint8Array[];
  /** What its input is, so that it can be broken in ways that its reader has to think about. */
  readonly form: "json" | "text" | "bytes";
  /** Executions in a turn: fewer for slow readers, so that every target gets about the same time. */
  readonly turn: number;
  /** Makes the examination. The seeds are honest: what a signed document says may be trusted only if it is what one of them says. */
  prepare(seeds: readonly Uint8Array[]): Examine;
}

/** A promise of the reader that does not hold: it accepted what it must not, or two ways of reading disagree. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** Throws `Broken` where `holds` is false. */
export function promised(holds: boolean, what: string): void {
  if (!holds) throw new Broken(what);
}
