// SPDX-License-Identifier: Apache-2.0
import { skipped } from "../bump.ts";
import { addedFiles, changedFiles } from "../changed-files.ts";
import type { Detector } from "../detector.ts";

export const fileAdded: Detector = {
  signal: "file-added",
  group: "shape",
  title: "Files that were not there",
  detect: (pair) => addedFiles(pair).map(({ path, size }) => ({ text: `${size} bytes`, path })),
};

export const codeFileAdded: Detector = {
  signal: "code-file-added",
  group: "shape",
  title: "Files of code that were not there",
  detect: (pair) =>
    addedFiles(pair)
      .filter(({ kind }) => kind === "code")
      .map(({ path, size }) => ({ text: `${size} bytes`, path })),
};

export const linkAdded: Detector = {
  signal: "link-added",
  group: "shape",
  title: "A link inside of the release",
  detect: (pair) =>
    addedFiles(pair)
      .filter(({ type }) => type !== "file")
      .map(({ path, type }) => ({ text: type, path })),
};

/** What was a picture is a program now, or what was a file is a link. */
export const kindChanged: Detector = {
  signal: "kind-changed",
  group: "shape",
  title: "A file is of another kind than it was",
  detect: (pair) =>
    changedFiles(pair)
      .filter(({ was, is }) => was.kind !== is.kind || was.type !== is.type)
      .map(({ was, is }) => ({ text: `${was.type} ${was.kind} to ${is.type} ${is.kind}`, path: is.path })),
};

export const enginesChanged: Detector = {
  signal: "engines-changed",
  group: "shape",
  title: "Other versions of its runtime are asked for",
  detect: ({ before, after }) => {
    const [was, is] = [before?.contents.manifest?.engines, after.contents.manifest?.engines];
    return was !== undefined && JSON.stringify(was) !== JSON.stringify(is ?? {})
      ? [{ text: `${JSON.stringify(was)} to ${JSON.stringify(is ?? {})}`, path: "package.json" }]
      : [];
  },
};

export const versionSkipped: Detector = {
  signal: "version-skipped",
  group: "shape",
  title: "Versions between this one and the one before were never seen",
  detect: ({ before, after }) => {
    const missing = before === undefined ? undefined : skipped(before.version, after.version);
    return missing !== undefined && missing > 0 ? [{ text: `${missing} between ${before?.version} and ${after.version}` }] : [];
  },
};
