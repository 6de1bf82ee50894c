// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";

export const publisherChanged: Detector = {
  signal: "publisher-changed",
  group: "identity",
  title: "Somebody else published it",
  detect: ({ before, after }) =>
    before?.publisher !== undefined && after.publisher !== undefined && before.publisher !== after.publisher
      ? [{ text: `${before.publisher}, now ${after.publisher}` }]
      : [],
};

export const repositoryChanged: Detector = {
  signal: "repository-changed",
  group: "identity",
  title: "It names another source repository",
  detect: ({ before, after }) => {
    const [was, is] = [before?.contents.manifest?.repository, after.contents.manifest?.repository];
    return was !== undefined && is !== undefined && was !== is ? [{ text: `${was} to ${is}`, path: "package.json" }] : [];
  },
};

export const licenceChanged: Detector = {
  signal: "licence-changed",
  group: "identity",
  title: "It has another licence",
  detect: ({ before, after }) => {
    const [was, is] = [before?.contents.manifest?.licence, after.contents.manifest?.licence];
    return was !== undefined && is !== undefined && was !== is ? [{ text: `${was} to ${is}`, path: "package.json" }] : [];
  },
};
