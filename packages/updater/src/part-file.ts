// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { renameDurably } from "./durable.ts";

const readBytes = 1024 * 1024;

/** So often what has been written is pushed on to the disk, while more arrives: at the end there is little left to wait for. */
const syncBytes = 128 * 1024 * 1024;

/** How many pieces the kernel takes in one write (IOV_MAX). */
const maximumVector = 1024;

/** A file that is not whole yet: the bytes so far, kept across runs. Nothing in it is trusted until every byte has passed the checks. */
export class PartFile implements AsyncDisposable {
  readonly #path: string;
  readonly #file: FileHandle;
  #length: number;
  #unsynced = 0;
  readonly #writing = new Background();
  readonly #syncing = new Background();

  private constructor(path: string, file: FileHandle, length: number) {
    this.#path = path;
    this.#file = file;
    this.#length = length;
  }

  /** Opens what an earlier run has left, or an empty one. Never follows a link. */
  static async open(path: string): Promise<PartFile> {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW, 0o600);
    return new PartFile(path, file, (await file.stat()).size);
  }

  /** Bytes, with those that are on their way. */
  get length(): number {
    return this.#length;
  }

  /** The bytes so far, in pieces that are valid until the next one is asked for. */
  async *read(): AsyncGenerator<Uint8Array> {
    const buffer = Buffer.allocUnsafe(Math.min(readBytes, this.#length));
    for (let position = 0; position < this.#length; ) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  /** Adds chunks, which nobody else may use from now on. One call waits for the write of the one before, and so may fail with its error. */
  async append(chunks: readonly Uint8Array[]): Promise<void> {
    await this.#writing.done();
    this.#length += lengthOf(chunks);
    this.#unsynced += lengthOf(chunks);
    if (this.#unsynced >= syncBytes) {
      this.#unsynced = 0;
      await this.#syncing.done();
      this.#syncing.start(this.#file.datasync());
    }
    this.#writing.start(this.#write(chunks));
  }

  async #write(chunks: readonly Uint8Array[]): Promise<void> {
    for (let from = 0; from < chunks.length; from += maximumVector) {
      const some = chunks.slice(from, from + maximumVector);
      const { bytesWritten } = await this.#file.writev(some);
      if (bytesWritten < lengthOf(some)) await this.#file.appendFile(Buffer.concat(some).subarray(bytesWritten));
      some.forEach(free);
    }
  }

  /** Starts over. */
  async clear(): Promise<void> {
    await this.#writing.done();
    await this.#file.truncate(0);
    this.#length = 0;
  }

  /** Makes the bytes durable and gives them their final name. */
  async finish(path: string): Promise<void> {
    await this.#writing.done();
    await this.#syncing.done();
    await this.#file.sync();
    await renameDurably(this.#path, path);
  }

  async discard(): Promise<void> {
    await unlink(this.#path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing.ended();
    await this.#syncing.ended();
    await this.#file.close();
  }
}

/** One thing at a time that goes on while others are done. */
class Background {
  #running: Promise<{ readonly error: unknown } | undefined> = Promise.resolve(undefined);

  start(work: Promise<void>): void {
    this.#running = work.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
  }

  /** Throws what went wrong. */
  async done(): Promise<void> {
    const failed = await this.#running;
    if (failed !== undefined) throw failed.error;
  }

  async ended(): Promise<void> {
    await this.#running;
  }
}

function lengthOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((total, chunk) => total + chunk.length, 0);
}

/** Gives the memory of a chunk back at once: the collector would let many times more lie about. Memory that is shared with others stays. */
function free({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
