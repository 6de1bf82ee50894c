// SPDX-License-Identifier: Apache-2.0
import { bumpOf } from "./bump.ts";
import { contentsOf } from "./contents.ts";
import type { ReleaseFile } from "./facts/file-facts.ts";
import type { Circumstances, Pair, Snapshot } from "./pair.ts";

/** Files by path: text, bytes, or a whole file. */
export type Files = Readonly<Record<string, string | Uint8Array | Partial<ReleaseFile>>>;

export interface Release extends Circumstances {
  readonly version: string;
  readonly files: Files;
}

/** A small package that nobody would look at twice. */
export const plainFiles: Files = {
  "package.json": JSON.stringify({
    name: "plain",
    version: "1.2.3",
    scripts: { test: "node --test" },
    dependencies: { ms: "^2.1.3" },
    engines: { node: ">=18" },
    repository: "https://github.com/plain/plain.git",
    license: "MIT",
  }),
  "index.js": `const ms = require("ms");\n// see https://docs.plain.dev/api\nmodule.exports = (text) => ms(text);\n${"// padding\n".repeat(400)}`,
  "lib/format.js": `export const format = (value) => String(value).padStart(8);\n`,
};

export async function pairOf(before: Release | undefined, after: Release): Promise<Pair> {
  return {
    before: before && (await snapshotOf(before)),
    after: await snapshotOf(after),
    bump: bumpOf(before?.version, after.version),
  };
}

/** The plain package, and the same with something else in it. */
export function changed(files: Files, circumstances: Circumstances = {}, before: Circumstances = {}): Promise<Pair> {
  return pairOf(
    { version: "1.2.3", files: plainFiles, ...before },
    { version: "1.2.4", files: { ...plainFiles, ...files }, ...circumstances },
  );
}

/** The plain package's manifest with other members. */
export function manifest(members: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...JSON.parse(plainFiles["package.json"] as string), ...members });
}

async function snapshotOf({ files, ...release }: Release): Promise<Snapshot> {
  return { ...release, contents: await contentsOf(Object.entries(files).map(([path, file]) => fileOf(path, file))) };
}

function fileOf(path: string, file: Files[string]): ReleaseFile {
  const plain = { path, type: "file" as const, mode: 0o644 };
  if (typeof file === "string") return { ...plain, bytes: Buffer.from(file) };
  return file instanceof Uint8Array ? { ...plain, bytes: file } : { ...plain, bytes: new Uint8Array(), ...file };
}
