// SPDX-License-Identifier: Apache-2.0
import type { Feature } from "./feature.ts";

/** What an implementation says of one feature. */
export interface Answer {
  readonly feature: string;
  readonly ok: boolean;
  readonly reason?: string;
}

/** Repositories to read: one directory each, named as its feature, and where they are served. */
export interface Shelf {
  readonly features: readonly Feature[];
  /** The file with `features`, for programs in other languages. */
  readonly featuresFile: string;
  readonly directory: string;
  readonly url: string;
}

/** One implementation of TUF, as a writer and as a client. */
export interface Implementation {
  readonly name: string;
  /** Makes it ready to run, from its registry where it has to be installed; a string says why it cannot be. */
  install(): Promise<string | undefined>;
  /** Writes a repository for each feature below a directory. */
  write(features: readonly Feature[], featuresFile: string, directory: string): Promise<readonly Answer[]>;
  /** Reads each as a client that has nothing but the first root: all that is present, with its bytes, and nothing that is absent. */
  read(shelf: Shelf, work: string): Promise<readonly Answer[]>;
}

/** Asks for each feature; what throws is an answer too. */
export async function answers(features: readonly Feature[], ask: (feature: Feature) => Promise<void>): Promise<readonly Answer[]> {
  const given: Answer[] = [];
  for (const feature of features) {
    try {
      await ask(feature);
      given.push({ feature: feature.name, ok: true });
    } catch (error) {
      given.push({ feature: feature.name, ok: false, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return given;
}
