// SPDX-License-Identifier: Apache-2.0
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "./target.ts";

/** Where the corpus is kept: a folder for each kind of input, made by `make-corpus.ts` with the real writers. */
export const corpusDirectory: string = join(import.meta.dirname, "corpus");

/** The seeds of a target, always in the same order. */
export function seedsOf({ corpus, seeds = [] }: Pick<Target, "corpus" | "seeds">): readonly Uint8Array[] {
  return [...corpus.flatMap(seedsIn), ...seeds];
}

/** The files of one folder of the corpus. */
export function seedsIn(folder: string): readonly Uint8Array[] {
  const files = globSync(`${folder}/*`, { cwd: corpusDirectory }).sort();
  if (files.length === 0) throw new Error(`no corpus in ${folder}: node launch.js fuzz/make-corpus.ts`);
  return files.map((path) => readFileSync(join(corpusDirectory, path)));
}

/** The first file of a folder. */
export function seedIn(folder: string): Uint8Array {
  const [first] = seedsIn(folder);
  return first ?? new Uint8Array();
}
