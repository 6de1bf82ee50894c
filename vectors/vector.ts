// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "@countersign/trust/canonical";
import type { Outcome } from "@countersign/trust/refusal";

/** The input of a verifier, and what it must answer. `given` is plain JSON. */
export interface Vector<Given> {
  readonly description: string;
  readonly given: Given;
  /** What `yields` is, the file's page says: a digest, a time, a choice. */
  readonly expect: { readonly accepted: true; readonly yields?: Json } | { readonly refused: string };
}

/** A file of vectors: how it is made, and how this implementation answers one. */
export interface VectorFile<Given> {
  /** From `vectors/`. */
  readonly path: string;
  cases(): Promise<readonly Vector<Given>[]>;
  answer(given: Given): Promise<Outcome<unknown>>;
}

/** Whether an outcome is what a vector expects. What is yielded is compared where the vector says what that is. */
export function expectation(outcome: Outcome<unknown>, expect: Vector<unknown>["expect"]): unknown {
  if (!outcome.ok) return { refused: outcome.refusal.code };
  return "yields" in expect ? { accepted: true, yields: outcome.value } : { accepted: true };
}

/** The text of a file of vectors: one of them a line. */
export function textOf(vectors: readonly Vector<unknown>[]): string {
  return `[\n${vectors.map((vector) => JSON.stringify(vector)).join(",\n")}\n]\n`;
}

/** The file as it is, or an empty list where there is none yet. */
export function textAt(path: string): string {
  try {
    return readFileSync(join(import.meta.dirname, path), "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    return "[]";
  }
}
