// SPDX-License-Identifier: Apache-2.0
import { type FileFacts, fileFacts, type ReleaseFile } from "./facts/file-facts.ts";
import { type Manifest, manifestOf } from "./facts/manifest.ts";

/** A release as drift sees it. */
export interface Contents {
  readonly files: ReadonlyMap<string, FileFacts>;
  /** Of its `package.json`, where it has one at its root. */
  readonly manifest: Manifest | undefined;
  /** Names of modules that its code asks for: what a dependency is for. */
  readonly asked: ReadonlySet<string>;
}

const asking = /(?:\brequire\(\s*|\bfrom\s*|\bimport\s*\(?\s*|\brequire\.resolve\(\s*)["']((?:@[\w.-]+\/)?[\w.-]+)(?:\/[^"']*)?["']/g;

/** Looks into every file of a release, one at a time, so that one file is held and never the release. */
export async function contentsOf(files: AsyncIterable<ReleaseFile> | Iterable<ReleaseFile>): Promise<Contents> {
  const facts = new Map<string, FileFacts>();
  const asked = new Set<string>();
  let manifest: Manifest | undefined;
  for await (const file of files) {
    const known = fileFacts(file);
    facts.set(file.path, known);
    if (file.path === "package.json") manifest = manifestOf(file.bytes);
    if (known.kind !== "code" && known.kind !== "types" && !/(?:^|\/)(?:package\.json|[^/]+\.gypi?)$/.test(file.path)) continue;
    for (const [, name = ""] of Buffer.from(file.bytes).toString("utf8").matchAll(asking)) asked.add(name);
  }
  return { files: facts, manifest, asked };
}
