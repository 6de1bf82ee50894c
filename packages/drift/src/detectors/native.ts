// SPDX-License-Identifier: Apache-2.0
import { addedFiles, changedFiles } from "../changed-files.ts";
import type { Detector } from "../detector.ts";
import type { FileFacts } from "../facts/file-facts.ts";

const isNative = ({ kind }: FileFacts): boolean => kind === "native";

export const nativeAdded: Detector = {
  signal: "native-added",
  group: "native",
  title: "Native code where there was other native code before",
  detect: (pair) =>
    [...(pair.before?.contents.files.values() ?? [])].some(isNative)
      ? addedFiles(pair)
          .filter(isNative)
          .map(({ path, size }) => ({ text: `${size} bytes`, path }))
      : [],
};

export const nativeFirst: Detector = {
  signal: "native-first",
  group: "native",
  title: "Native code in a product that had none",
  detect: (pair) =>
    [...(pair.before?.contents.files.values() ?? [])].some(isNative)
      ? []
      : addedFiles(pair)
          .filter(isNative)
          .map(({ path, size }) => ({ text: `${size} bytes`, path })),
};

export const nativeChanged: Detector = {
  signal: "native-changed",
  group: "native",
  title: "Native code is not what it was",
  detect: (pair) =>
    changedFiles(pair)
      .filter(({ was, is }) => isNative(is) && was.sha256 !== is.sha256)
      .map(({ was, is }) => ({ text: `${was.size} to ${is.size} bytes`, path: is.path })),
};

/** What lets native code start others, talk, hide or change what it may do. */
const reaching =
  /(?:^|!)(?:execv?p?e?|fork|vfork|posix_spawnp?|system|popen|dlopen|socket|connect|getaddrinfo|ptrace|memfd_create|mprotect|setuid|setgid|prctl|createprocess[aw]?|shellexecute(?:ex)?[aw]?|internetopen[aw]?|internetconnect[aw]?|httpsendrequest[aw]?|winhttp\w+|wsastartup|urldownloadtofile[aw]?|virtualprotect(?:ex)?|writeprocessmemory|createremotethread|loadlibrary(?:ex)?[aw]?|regsetvalue(?:ex)?[aw]?)$/i;

/** The import table says what a binary may call; what is new in it is new power, however the rest was compiled. */
export const nativeImports: Detector = {
  signal: "native-imports",
  group: "native",
  title: "Native code imports functions that reach out, and did not before",
  detect: (pair) => {
    const known = new Set([...(pair.before?.contents.files.values() ?? [])].flatMap(({ imports }) => imports));
    if (pair.before === undefined) return [];
    return changedFiles(pair)
      .filter(({ is }) => isNative(is))
      .flatMap(({ is }) => {
        const names = is.imports.filter((name) => !known.has(name) && reaching.test(name));
        return names.length === 0 ? [] : [{ text: names.join(", "), path: is.path }];
      });
  },
};

/** A signature leaves out what stands behind the sections, or behind the certificate in its own table: a loader that knows finds its payload there. */
export const overlayAdded: Detector = {
  signal: "overlay-added",
  group: "obfuscation",
  title: "Bytes at the end of a Windows program that no header describes, and that were not there before",
  detect: (pair) => {
    if (pair.before === undefined) return [];
    const grown = changedFiles(pair).filter(({ was, is }) => is.overlay > 0 && was.overlay === 0);
    return [...grown.map(({ is }) => is), ...addedFiles(pair).filter(({ overlay }) => overlay > 0)].map(({ path, overlay }) => ({
      text: `${overlay} bytes`,
      path,
    }));
  },
};

/** Archives inside of a release hide what is in them from everything that is looked for here. */
export const archiveAdded: Detector = {
  signal: "archive-added",
  group: "native",
  title: "An archive inside of the release",
  detect: (pair) =>
    addedFiles(pair)
      .filter(({ kind }) => kind === "prebuilt")
      .map(({ path, size }) => ({ text: `${size} bytes`, path })),
};
