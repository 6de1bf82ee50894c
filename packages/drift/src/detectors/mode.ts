// SPDX-License-Identifier: Apache-2.0
import { addedFiles, changedFiles } from "../changed-files.ts";
import type { Detector } from "../detector.ts";
import type { FileFacts } from "../facts/file-facts.ts";

const raised = ({ mode }: FileFacts): boolean => (mode & 0o6000) !== 0;

export const setuid: Detector = {
  signal: "setuid",
  group: "mode",
  title: "A file runs with its owner's rights, whoever starts it",
  detect: ({ before, after }) =>
    before === undefined
      ? []
      : [...after.contents.files.values()]
          .filter((file) => raised(file) && !raised(before.contents.files.get(file.path) ?? { ...file, mode: 0 }))
          .map(({ path, mode }) => ({ text: `mode ${mode.toString(8)}`, path })),
};

export const fileCapability: Detector = {
  signal: "file-capability",
  group: "mode",
  title: "A file carries capabilities that a plain one has not",
  detect: ({ before, after }) =>
    [...after.contents.files.values()]
      .filter(
        ({ path, fileCapabilities }) => before !== undefined && fileCapabilities && !before.contents.files.get(path)?.fileCapabilities,
      )
      .map(({ path }) => ({ text: "security.capability", path })),
};

const executable = ({ mode }: FileFacts): boolean => (mode & 0o111) !== 0;

export const executableAdded: Detector = {
  signal: "executable-added",
  group: "mode",
  title: "A new file may be executed",
  detect: (pair) =>
    addedFiles(pair)
      .filter(executable)
      .map(({ path }) => ({ text: "new", path })),
};

export const executableMade: Detector = {
  signal: "executable-made",
  group: "mode",
  title: "A file may be executed that could not be before",
  detect: (pair) =>
    changedFiles(pair)
      .filter(({ was, is }) => !executable(was) && executable(is))
      .map(({ was, is }) => ({ text: `mode ${was.mode.toString(8)} to ${is.mode.toString(8)}`, path: is.path })),
};

export const programAdded: Detector = {
  signal: "program-added",
  group: "mode",
  title: "A command is put on the user's path that was not there",
  detect: ({ before, after }) => {
    const was = before?.contents.manifest?.programs ?? [];
    if (before === undefined) return [];
    return (after.contents.manifest?.programs ?? [])
      .filter((name) => !was.includes(name))
      .map((name) => ({ text: name, path: "package.json" }));
  },
};
