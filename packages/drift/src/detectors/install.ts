// SPDX-License-Identifier: Apache-2.0
import type { Detector } from "../detector.ts";

/** Code that runs when somebody installs, before anybody runs it: the way in of most account takeovers. */
export const installScriptAdded: Detector = {
  signal: "install-script-added",
  group: "install",
  title: "A script runs at install that did not before",
  detect: ({ before, after }) => {
    const was = before?.contents.manifest?.installScripts ?? {};
    if (before === undefined) return [];
    return Object.entries(after.contents.manifest?.installScripts ?? {})
      .filter(([name]) => was[name] === undefined)
      .map(([name, command]) => ({ text: `${name}: ${command}`, path: "package.json" }));
  },
};

export const installScriptChanged: Detector = {
  signal: "install-script-changed",
  group: "install",
  title: "A script that runs at install is another one",
  detect: ({ before, after }) => {
    const was = before?.contents.manifest?.installScripts ?? {};
    return Object.entries(after.contents.manifest?.installScripts ?? {})
      .filter(([name, command]) => was[name] !== undefined && was[name] !== command)
      .map(([name, command]) => ({ text: `${name}: ${was[name]} is now ${command}`, path: "package.json" }));
  },
};

/** npm compiles at install where it finds this file, without any script. */
export const buildFileAdded: Detector = {
  signal: "build-file-added",
  group: "install",
  title: "A binding.gyp makes npm build at install",
  detect: ({ before, after }) =>
    before !== undefined && !before.contents.files.has("binding.gyp") && after.contents.files.has("binding.gyp")
      ? [{ text: "binding.gyp", path: "binding.gyp" }]
      : [],
};
