// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { errorText, logEvent } from "@countersign/daemon/event";
import { type Refusal, refuse } from "@countersign/trust/refusal";
import type { Finding } from "./finding.ts";
import { readSuppressions, type Suppression, suppressedBy } from "./suppression.ts";

/** The file of suppressions as it stands now. One that does not read suppresses nothing. */
export class Quiet {
  readonly #file: string | undefined;
  readonly #now: () => number;
  #suppressions: readonly Suppression[] = [];
  #refusal: Refusal | null = null;

  /** `now`: Unix milliseconds. */
  constructor(file: string | undefined, now: () => number) {
    this.#file = file;
    this.#now = now;
  }

  get refusal(): Refusal | null {
    return this.#refusal;
  }

  /** Who does not want to hear of a finding now. */
  of(finding: Finding): Suppression | undefined {
    return suppressedBy(finding, this.#suppressions, this.#now());
  }

  /** Reads the file anew. */
  async refresh(): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    const read = await readFile(file).then(
      (bytes) => readSuppressions(bytes, this.#now()),
      (error) => refuse("suppressions-missing", `the file ${file}`, errorText(error), "Write it, or take it out of the configuration."),
    );
    const before = this.#refusal?.found;
    this.#suppressions = read.ok ? read.value : [];
    this.#refusal = read.ok ? null : read.refusal;
    if (!read.ok && read.refusal.found !== before) logEvent("observe", "suppressions-refused", { ...read.refusal });
  }
}
