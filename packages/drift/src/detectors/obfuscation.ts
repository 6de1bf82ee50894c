// SPDX-License-Identifier: Apache-2.0
import { changedFiles, freshFiles } from "../changed-files.ts";
import type { Detector, Evidence } from "../detector.ts";
import type { FileFacts } from "../facts/file-facts.ts";
import type { Obfuscation } from "../facts/obfuscation.ts";
import type { Pair } from "../pair.ts";

/** Files that show a mark now and did not before, by how much of it counts. */
function marked(pair: Pair, mark: (marks: Obfuscation) => number, least: number): readonly Evidence[] {
  return fresh(pair).flatMap(({ is, was }) => {
    const [now, then] = [amount(is, mark), amount(was, mark)];
    return now >= least && then < least ? [{ text: `${now}, before ${then}`, path: is.path }] : [];
  });
}

function fresh(pair: Pair): readonly { readonly is: FileFacts; readonly was: FileFacts | undefined }[] {
  if (pair.before === undefined) return [];
  return freshFiles(pair).map((is) => ({ is, was: pair.before?.contents.files.get(is.path) }));
}

function amount(file: FileFacts | undefined, mark: (marks: Obfuscation) => number): number {
  return file?.obfuscation === undefined ? 0 : mark(file.obfuscation);
}

const bundled = /(?:^|\/)(?:dist|build|lib\/browser|umd|bundle|esm|cjs|es)\/|\.min\./;
const LONG_LINE = 5000;

/** A line of thousands of characters in a file that people wrote before. */
export const longLine: Detector = {
  signal: "long-line-in-old-file",
  group: "obfuscation",
  title: "A file that had none gets a very long line",
  detect: (pair) =>
    changedFiles(pair).flatMap(({ was, is }) => {
      const [now, then] = [amount(is, ({ longestLine }) => longestLine), amount(was, ({ longestLine }) => longestLine)];
      return now > LONG_LINE && then <= LONG_LINE ? [{ text: `${now} characters, before ${then}`, path: is.path }] : [];
    }),
};

export const longLineNew: Detector = {
  signal: "long-line-outside-dist",
  group: "obfuscation",
  title: "Code with a very long line where nothing is bundled",
  detect: (pair) => marked(pair, ({ longestLine }) => longestLine, LONG_LINE).filter(({ path }) => !bundled.test(path ?? "")),
};

export const hexNames: Detector = {
  signal: "hex-names",
  group: "obfuscation",
  title: "Names as obfuscators make them",
  detect: (pair) => marked(pair, (marks) => marks.hexNames, 10),
};

export const escapedText: Detector = {
  signal: "escaped-text",
  group: "obfuscation",
  title: "Text written in escapes",
  detect: (pair) => marked(pair, (marks) => marks.escapes, 4),
};

export const base64Blob: Detector = {
  signal: "base64-blob",
  group: "obfuscation",
  title: "A long text in base64 within code",
  detect: (pair) => marked(pair, (marks) => marks.base64, 512),
};

export const invisibleText: Detector = {
  signal: "invisible-text",
  group: "obfuscation",
  title: "Characters that nobody sees, within code",
  detect: (pair) => marked(pair, (marks) => marks.invisible, 16),
};

const CODE_ENTROPY = 5.8;

export const codeEntropy: Detector = {
  signal: "code-entropy",
  group: "obfuscation",
  title: "Code as dense as what is packed",
  detect: (pair) =>
    fresh(pair)
      .filter(({ is, was }) => is.kind === "code" && is.size > 512 && is.entropy > CODE_ENTROPY && (was?.entropy ?? 0) <= CODE_ENTROPY)
      .map(({ is }) => ({ text: `${is.entropy.toFixed(2)} bits a byte`, path: is.path })),
};

const DENSE = 7.2;

/** Neither a picture nor an archive nor a program, and as random as if it were encrypted. */
export const denseFile: Detector = {
  signal: "dense-file",
  group: "obfuscation",
  title: "A new file that looks encrypted",
  detect: (pair) =>
    fresh(pair)
      .filter(({ is, was }) => was === undefined && is.kind === "data" && is.size >= 1024 && is.entropy > DENSE)
      .map(({ is }) => ({ text: `${is.entropy.toFixed(2)} bits a byte, ${is.size} bytes`, path: is.path })),
};
