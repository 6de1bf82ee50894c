// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A targets role as a feature describes it: what it lists, and whom it delegates to. */
export interface Described {
  readonly targets: readonly string[];
  readonly roles?: readonly DescribedRole[];
  readonly bins?: { readonly prefix: string; readonly bits: number; readonly targets: readonly string[] };
}

export interface DescribedRole extends Described {
  readonly name: string;
  readonly paths?: readonly string[];
  readonly hashPrefixes?: readonly string[];
  readonly terminating?: boolean;
}

/** A repository that shows one thing: how it is written, and what a client must and must not find in it. */
export interface Feature {
  readonly name: string;
  /** ed25519, if nothing else is said. */
  readonly scheme?: string;
  readonly consistent?: boolean;
  /** Keys of each role, and how many must sign; one. */
  readonly keys?: number;
  readonly threshold?: number;
  /** Versions of the root, each with another key. */
  readonly roots?: number;
  readonly targets: Described;
  readonly present: readonly string[];
  readonly absent: readonly string[];
  /** SHA-256 by path, where a target is not the one line that says its own name. */
  readonly digests?: Readonly<Record<string, string>>;
}

/** The file that every program here reads. */
export const featuresFile: string = join(import.meta.dirname, "features.json");

export const features: readonly Feature[] = JSON.parse(readFileSync(featuresFile, "utf8"));

/** What stands in the target of this path. */
export function contentOf(path: string): Buffer {
  return Buffer.from(`content of ${path}\n`);
}
