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

/** What a manifest says of a person, a repository or a licence is another thing than what the one before it said. */
function said(field: "author" | "repository" | "licence", { signal, title }: Pick<Detector, "signal" | "title">): Detector {
  return {
    signal,
    group: "identity",
    title,
    detect: ({ before, after }) => {
      const [was, is] = [before?.contents.manifest?.[field], after.contents.manifest?.[field]];
      return was !== undefined && is !== undefined && was !== is ? [{ text: `${was} to ${is}`, path: "package.json" }] : [];
    },
  };
}

export const authorChanged: Detector = said("author", { signal: "author-changed", title: "It names another author" });
export const repositoryChanged: Detector = said("repository", {
  signal: "repository-changed",
  title: "It names another source repository",
});
export const licenceChanged: Detector = said("licence", { signal: "licence-changed", title: "It has another licence" });
