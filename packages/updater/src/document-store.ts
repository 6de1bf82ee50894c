// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectory, removeTree, sweepTemporary, writeDurably } from "./durable.ts";
import { isErrno } from "./errno.ts";

/**
 * A directory of documents, each a file with exactly the bytes that were given. A file is the old one or the new one, never half of either, whenever
 * the machine stops; nothing here is trusted for being here. Names are the caller's, and must be names: no separator, not hidden.
 *
 * One process at a time: whoever opens it holds the lock that guards the directory. What the system fails to read or write is thrown (`refuseIoFailure`
 * puts it into words): that is neither damage nor an attack, and must not be taken for a document that is not there.
 */
export class DocumentStore {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Opens a directory, made if it is missing, without what interrupted writes left there. */
  static async open(directory: string): Promise<DocumentStore> {
    await makeDirectory(directory);
    await sweepTemporary(directory);
    return new DocumentStore(directory);
  }

  /** The bytes of a document, or undefined where there is none. Of a file longer than `maxBytes` it reads one byte more than that: no caller of ours wrote it. */
  async read(name: string, maxBytes: number): Promise<Uint8Array | undefined> {
    try {
      await using file = await open(this.#path(name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const { size } = await file.stat();
      const bytes = Buffer.allocUnsafeSlow(Math.min(size, maxBytes + 1));
      let length = 0;
      for (let read = 1; read > 0 && length < bytes.length; length += read)
        read = (await file.read(bytes, length, bytes.length - length, length)).bytesRead;
      return bytes.subarray(0, length);
    } catch (error) {
      if (isErrno(error, "ENOENT")) return undefined;
      throw error;
    }
  }

  /** Writes a document durably, unless it is there already, byte for byte. */
  async keep(name: string, bytes: Uint8Array): Promise<void> {
    const before = await this.read(name, bytes.length);
    if (before === undefined || Buffer.compare(before, bytes) !== 0) await writeDurably(this.#path(name), bytes);
  }

  /** Removes a document, durably; one that is not there is no error. */
  async forget(name: string): Promise<void> {
    await removeTree(this.#path(name));
  }

  /** The names of all documents, in no order. */
  async names(): Promise<readonly string[]> {
    return (await readdir(this.#directory)).filter((name) => !name.startsWith("."));
  }

  #path(name: string): string {
    if (!/^[^./\0][^/\0]*$/.test(name)) throw new RangeError(`not the name of a document: ${name}`);
    return join(this.#directory, name);
  }
}
