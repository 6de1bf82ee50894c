// SPDX-License-Identifier: Apache-2.0
// A repository packed into a bundle by the tar of the system: the form is nothing of our own.

import { execFileSync } from "node:child_process";
import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { BundleDescription } from "./description.ts";

const description: BundleDescription = {
  _type: "bundle",
  spec: "countersign/1",
  carries: "release",
  product: "hello",
  channel: "stable",
  platforms: ["linux-x64"],
};

/** Writes a bundle of these files. Disposing of it removes it. */
export async function carried(
  files: ReadonlyMap<string, Uint8Array>,
  change: Partial<BundleDescription> = {},
): Promise<AsyncDisposable & { readonly file: string }> {
  const place = await mkdtempDisposable(join(tmpdir(), "countersign-bundle-"));
  const all = new Map<string, Uint8Array>([["bundle.json", Buffer.from(JSON.stringify({ ...description, ...change }))], ...files]);
  for (const [path, bytes] of all) {
    await mkdir(dirname(join(place.path, "tree", path)), { recursive: true });
    await writeFile(join(place.path, "tree", path), bytes);
  }
  const file = join(place.path, "bundle");
  execFileSync("tar", ["--format=ustar", "-b1", "-cf", file, "-C", join(place.path, "tree"), "-T", "-"], {
    input: [...all.keys()].join("\n"),
  });
  return { file, [Symbol.asyncDispose]: () => place.remove() };
}
