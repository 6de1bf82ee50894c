// SPDX-License-Identifier: Apache-2.0
import { changedFiles } from "../changed-files.ts";
import type { Detector } from "../detector.ts";
import type { Snapshot } from "../pair.ts";

function sizeOf({ contents }: Snapshot): number {
  return [...contents.files.values()].reduce((sum, { size }) => sum + size, 0);
}

/** One rule a factor: how rare it is depends on the kind of bump, and the rates know. Products of a few kilobytes double easily. */
function grown(signal: string, factor: number): Detector {
  return {
    signal,
    group: "shape",
    title: `The release is ${factor} times as large as the one before, or more`,
    detect: ({ before, after }) => {
      const [was, is] = [before === undefined ? 0 : sizeOf(before), sizeOf(after)];
      return was > 0 && is >= was * factor && is - was > 4096 ? [{ text: `${was} to ${is} bytes` }] : [];
    },
  };
}

export const sizeTenth: Detector = grown("size-1.1", 1.1);
export const sizeQuarter: Detector = grown("size-1.25", 1.25);
export const sizeDouble: Detector = grown("size-2", 2);

export const codeFileGrown: Detector = {
  signal: "code-file-tripled",
  group: "shape",
  title: "One file of code is three times as long as it was",
  detect: (pair) =>
    changedFiles(pair)
      .filter(({ was, is }) => is.kind === "code" && is.size >= 3 * was.size && is.size - was.size >= 20_000)
      .map(({ was, is }) => ({ text: `${was.size} to ${is.size} bytes`, path: is.path })),
};
