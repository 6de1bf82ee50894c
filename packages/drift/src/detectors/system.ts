// SPDX-License-Identifier: Apache-2.0
import { addedFiles, changedFiles } from "../changed-files.ts";
import type { Detector } from "../detector.ts";

export const systemFileAdded: Detector = {
  signal: "system-file-added",
  group: "system",
  title: "A file that the system runs or obeys by itself",
  detect: (pair) => addedFiles(pair).flatMap(({ path, role }) => (role === undefined ? [] : [{ text: role, path }])),
};

export const systemFileChanged: Detector = {
  signal: "system-file-changed",
  group: "system",
  title: "A file that the system runs or obeys is another one",
  detect: (pair) =>
    changedFiles(pair).flatMap(({ was, is }) =>
      is.role === undefined || was.sha256 === is.sha256 ? [] : [{ text: is.role, path: is.path }],
    ),
};

/** Also in a file that was there: growth of power in the updater's own unit is found here. */
export const powerGained: Detector = {
  signal: "power-gained",
  group: "system",
  title: "A script or a unit grants itself more than it had",
  detect: (pair) => {
    if (pair.before === undefined) return [];
    const had = new Set([...pair.before.contents.files.values()].flatMap(({ powers }) => powers));
    return [...pair.after.contents.files.values()].flatMap(({ path, powers }) =>
      powers.filter((power) => !had.has(power)).map((power) => ({ text: power, path })),
    );
  },
};
