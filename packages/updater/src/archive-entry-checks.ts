// SPDX-License-Identifier: Apache-2.0
import { type Refusal, refuse } from "@countersign/tlog/refusal";
import type { ArchiveEntry } from "./tar.ts";

/**
 * The names an archive has used so far, its directories and the parents of every entry too: from the folded name, by which some file system
 * would find it, to the name as spelled, with a slash at the end of a directory's.
 */
export type SeenNames = ReadonlyMap<string, string>;

/** One protection of unpacking: it sees each entry before anything is written for it, and answers with a refusal or nothing. */
export interface EntryCheck {
  readonly name: string;
  examine(entry: ArchiveEntry, seen: SeenNames): Refusal | undefined;
}

/** The entry stays below the destination, on every platform, and its name means the same on each. */
const path: EntryCheck = {
  name: "stage/path",
  examine(entry) {
    const fault = entry.path
      .split("/")
      .map(segmentFault)
      .find((found) => found !== undefined);
    return fault === undefined ? undefined : unwelcome("unsafe-path", "a plain relative path", entry, fault);
  },
};

/** Files and directories only: a link could lead a later entry, or a reader, out of the destination. */
const type: EntryCheck = {
  name: "stage/type",
  examine(entry) {
    if (entry.type === "file" || entry.type === "directory") return undefined;
    return unwelcome("unsafe-type", "a file or a directory", entry, `type ${entry.type}`);
  },
};

/** No two entries share a place, on a file system that ignores case or normalises Unicode either, and none is below a file. */
const caseClash: EntryCheck = {
  name: "stage/case-clash",
  examine(entry, seen) {
    const own = seen.get(foldName(entry.path));
    const clash =
      own ??
      parentsOf(entry.path)
        .map((parent) => clashOf(parent, seen))
        .find((found) => found !== undefined);
    return clash === undefined ? undefined : unwelcome("name-clash", "a name of its own", entry, `clash with ${JSON.stringify(clash)}`);
  },
};

/** No bit that lends a user's rights or lets everybody write. */
const mode: EntryCheck = {
  name: "stage/mode",
  examine(entry) {
    if ((entry.mode & ~0o775) === 0) return undefined;
    return unwelcome("unsafe-mode", "no setuid, setgid or sticky bit, not world-writable", entry, `mode 0${entry.mode.toString(8)}`);
  },
};

/** The protections of unpacking, in the order in which they are asked. */
export const entryChecks: readonly EntryCheck[] = [path, type, caseClash, mode];

/** Adds an entry's names to `seen`. */
export function noteNames({ path: name, type: kind }: ArchiveEntry, seen: Map<string, string>): void {
  for (const parent of parentsOf(name)) seen.set(foldName(parent), `${parent}/`);
  seen.set(foldName(name), kind === "directory" ? `${name}/` : name);
}

function clashOf(parent: string, seen: SeenNames): string | undefined {
  const spelled = seen.get(foldName(parent));
  return spelled === `${parent}/` ? undefined : spelled;
}

function foldName(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

/** `a/b/c` is in `a` and `a/b`. */
function parentsOf(name: string): string[] {
  const segments = name.split("/");
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join("/"));
}

/** The longest name that common file systems take, in bytes. */
const segmentLength = 255;
const reservedOnWindows = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

function segmentFault(segment: string): string | undefined {
  if (segment === "") return "an empty segment";
  if (segment === "." || segment === "..") return `the segment ${segment}`;
  if (segment.includes("\\")) return "a backslash";
  if (/\p{Cc}/u.test(segment)) return "a control character";
  if (/^[a-z]:/i.test(segment)) return "a drive letter";
  if (/[. ]$/.test(segment)) return "a dot or a space at the end of a name";
  if (reservedOnWindows.test(segment)) return "a name that Windows reserves";
  if (Buffer.byteLength(segment) > segmentLength) return `a segment of more than ${segmentLength} bytes`;
  return undefined;
}

function unwelcome(code: string, expected: string, entry: ArchiveEntry, fault: string): Refusal {
  const found = `${fault}, in ${JSON.stringify(entry.path)}`;
  return refuse(code, expected, found, "do not install; if the release is yours, correct its contents and release a new version").refusal;
}
