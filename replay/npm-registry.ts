// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** A tarball of the npm registry, named by what it must hash to (Subresource Integrity, `sha512-…`). */
export interface Tarball {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

const registry = process.env["npm_config_registry"] ?? "https://registry.npmjs.org/";

/** Tarballs are fetched once and kept outside of the tree; the repository holds their hashes only. */
export const cacheDirectory: string = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "countersign-replay");

/** The bytes of a tarball, from the cache or the registry. Throws where they are not those of the hash. */
export async function tarball({ name, version, integrity }: Tarball): Promise<Buffer> {
  const file = join(
    cacheDirectory,
    `${Buffer.from(integrity.replace(/^sha512-/, ""), "base64")
      .toString("hex")
      .slice(0, 40)}.tgz`,
  );
  const kept = await readFile(file).catch(() => undefined); // not there yet: it is fetched
  if (kept !== undefined && integrityOf(kept) === integrity) return kept;
  const answer = await fetch(new URL(`${name}/-/${name.replace(/^@[^/]+\//, "")}-${version}.tgz`, registry));
  if (!answer.ok) throw new Error(`${name}@${version}: the registry answers ${answer.status}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (integrityOf(bytes) !== integrity) throw new Error(`${name}@${version}: ${integrity} expected, ${integrityOf(bytes)} found`);
  await mkdir(cacheDirectory, { recursive: true });
  await writeFile(`${file}.${process.pid}`, bytes);
  await rename(`${file}.${process.pid}`, file);
  return bytes;
}

/** A version as the registry describes it. */
export interface Listed extends Tarball {
  readonly size: number;
}

/** The published versions of a package that are still there, with their hashes. */
export async function versionsOf(name: string): Promise<readonly Listed[]> {
  const answer = await fetch(new URL(name.replace("/", "%2f"), registry));
  if (!answer.ok) throw new Error(`${name}: the registry answers ${answer.status}`);
  const { versions } = (await answer.json()) as {
    readonly versions: Readonly<
      Record<string, { readonly deprecated?: unknown; readonly dist: { readonly integrity?: string; readonly unpackedSize?: number } }>
    >;
  };
  return Object.entries(versions).flatMap(([version, { dist }]) =>
    dist.integrity?.startsWith("sha512-") ? [{ name, version, integrity: dist.integrity, size: dist.unpackedSize ?? 0 }] : [],
  );
}

function integrityOf(bytes: Uint8Array): string {
  return `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
}
