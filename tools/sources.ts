// SPDX-License-Identifier: Apache-2.0
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The repository's root directory. */
export const root: string = join(import.meta.dirname, "..");

export interface SourceFile {
  /** From the root, slash-separated. */
  readonly path: string;
  /** The folder that is its room: `packages/trust`, `duties/sign`, `world`, `tools`, ... */
  readonly room: string;
  /** A test, or what only tests import. */
  readonly isTest: boolean;
  readonly text: string;
}

/** Rooms that are run here and never published, so that they have no package.json: what they depend on stands in the root's. */
export const workbenches: readonly string[] = ["bench", "crash", "fuzz", "interop", "replay", "tools", "vectors"];

/** Every folder with a package.json, and the workbenches. */
export function rooms(): string[] {
  const places = globSync(["{packages,duties,apps}/*", "world", "attacks", ...workbenches], { cwd: root });
  return places.filter((place) => workbenches.includes(place) || existsSync(join(root, place, "package.json"))).sort();
}

/** Every file of ours that is TypeScript or JavaScript, in order of path. */
export function sources(): SourceFile[] {
  const found = globSync(`{packages,duties,apps,world,attacks,${workbenches}}/**/*.{ts,tsx,js}`, {
    cwd: root,
    exclude: ["**/dist", "**/node_modules"],
  });
  return ["launch.js", ...found].sort().map((path) => ({
    path,
    room: roomOf(path),
    isTest: /\.test(-support)?\.tsx?$/.test(path),
    text: readFileSync(join(root, path), "utf8"),
  }));
}

function roomOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  return ["packages", "duties", "apps"].includes(first) ? `${first}/${second}` : first;
}
