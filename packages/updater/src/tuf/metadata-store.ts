// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DocumentStore } from "../document-store.ts";
import { fileName } from "./file-name.ts";

const topRoles: ReadonlySet<string> = new Set(["root", "timestamp", "snapshot", "targets"]);

/**
 * What a plain TUF client keeps, each file exactly the bytes that were served:
 *
 *     <role>.json           what is trusted now
 *     roots/<N>.root.json   every root that was trusted, from the first: `root.json` heals from them, and an embedded root is walked through them
 *     checked               when the repository was last asked for something newer
 *
 * Two directories of documents, with what that promises. Nothing in them is trusted for being there: the workflow verifies what is read like what is
 * fetched. Whoever uses it holds the lock (`withStore`).
 */
export class MetadataStore {
  readonly #directory: string;
  readonly #now: DocumentStore;
  readonly #roots: DocumentStore;

  private constructor(directory: string, now: DocumentStore, roots: DocumentStore) {
    this.#directory = directory;
    this.#now = now;
    this.#roots = roots;
  }

  static async open(directory: string): Promise<MetadataStore> {
    return new MetadataStore(directory, await DocumentStore.open(directory), await DocumentStore.open(join(directory, "roots")));
  }

  async read(role: string, maxBytes: number): Promise<Uint8Array | undefined> {
    return await this.#now.read(roleFile(role), maxBytes);
  }

  async readRoot(version: number, maxBytes: number): Promise<Uint8Array | undefined> {
    return await this.#roots.read(rootFile(version), maxBytes);
  }

  async keep(role: string, bytes: Uint8Array): Promise<void> {
    await this.#now.keep(roleFile(role), bytes);
  }

  /** A crash between the two loses nothing: the workflow goes on from `root.json` through the roots that are kept. */
  async keepRoot(version: number, bytes: Uint8Array): Promise<void> {
    await this.#roots.keep(rootFile(version), bytes);
    await this.keep("root", bytes);
  }

  async forget(role: string): Promise<void> {
    await this.#now.forget(roleFile(role));
  }

  /** Forgets every delegated role that is not among these: what no snapshot lists is never read again. */
  async forgetOthers(listed: () => Iterable<string>): Promise<void> {
    const delegated = (await this.#now.names()).filter((file) => file.endsWith(".json") && !topRoles.has(file.slice(0, -".json".length)));
    if (delegated.length === 0) return;
    const wanted = new Set(Iterator.from(listed()).map(roleFile));
    for (const file of delegated) if (!wanted.has(file)) await this.#now.forget(file);
  }

  /** The versions of the roots that are kept, newest first. */
  async rootVersions(): Promise<readonly number[]> {
    const names = await this.#roots.names();
    const versions = names.flatMap((name) => /^([1-9]\d{0,14})\.root\.json$/.exec(name)?.[1] ?? []);
    return versions.map(Number).sort((one, other) => other - one);
  }

  /** Unix milliseconds; undefined where that is not known, or not readable. */
  async lastChecked(): Promise<number | undefined> {
    const time = Date.parse(new TextDecoder().decode(await this.#now.read("checked", 64)));
    return Number.isNaN(time) ? undefined : time;
  }

  /** Written without waiting for the disk, at every check: if it is lost, the next check is made. */
  async noteChecked(time: number): Promise<void> {
    await writeFile(join(this.#directory, "checked"), new Date(time).toISOString());
  }
}

/** On a file system that does not tell `Root` from `root`, a delegated role must not take the file of a top-level one. */
function roleFile(role: string): string {
  const name = fileName(role);
  const first = topRoles.has(name.toLowerCase()) && !topRoles.has(name) ? `%${name.charCodeAt(0).toString(16).toUpperCase()}` : name[0];
  return `${first}${name.slice(1)}.json`;
}

function rootFile(version: number): string {
  return `${version}.root.json`;
}
