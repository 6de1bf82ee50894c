// SPDX-License-Identifier: Apache-2.0
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Kind } from "./detector.ts";
import type { Finding } from "./finding.ts";

/** Every finding ever made, one JSON object a line, each once. It only grows; what `add` took is on disk when it returns. */
export class FindingsFile {
  readonly #descriptor: number;
  readonly #findings: Finding[];
  readonly #ids: Set<string>;
  readonly #kinds: ReadonlySet<string>;

  /** Opens the file or makes it. A last line that a crash cut off is cut away: it was never acted upon, and is found again. */
  constructor(file: string, kinds: readonly Pick<Kind, "name">[]) {
    this.#kinds = new Set(kinds.map(({ name }) => name));
    this.#descriptor = openSync(file, "a+", 0o644);
    const text = readFileSync(file, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole.length < text.length) ftruncateSync(this.#descriptor, Buffer.byteLength(whole));
    this.#findings = whole
      .split("\n")
      .filter((line) => line !== "")
      .map((line): Finding => JSON.parse(line));
    this.#ids = new Set(this.#findings.map(({ id }) => id));
    const directory = openSync(dirname(file), "r");
    fsyncSync(directory);
    closeSync(directory);
  }

  get all(): readonly Finding[] {
    return this.#findings;
  }

  /** Adds those that are new and of a kind that is looked for, and says which they were. */
  add(found: readonly Finding[]): readonly Finding[] {
    const fresh = [...new Map(found.map((finding) => [finding.id, finding])).values()].filter(
      ({ id, detector }) => this.#kinds.has(detector) && !this.#ids.has(id),
    );
    if (fresh.length === 0) return fresh;
    writeSync(this.#descriptor, fresh.map((finding) => `${JSON.stringify(finding)}\n`).join(""));
    fsyncSync(this.#descriptor);
    for (const finding of fresh) {
      this.#findings.push(finding);
      this.#ids.add(finding.id);
    }
    return fresh;
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}
