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

/** Every folder with a package.json, and `tools`. */
export function rooms(): string[] {
  const places = globSync(["{packages,duties,apps}/*", "world", "attacks", "bench", "tools"], { cwd: root });
  return places.filter((place) => place === "tools" || existsSync(join(root, place, "package.json"))).sort();
}

/** Every file of ours that is TypeScript or JavaScript, in order of path. */
export function sources(): SourceFile[] {
  const found = globSync("{packages,duties,apps,world,attacks,bench,tools}/**/*.{ts,tsx,js}", {
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
