// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { renameDurably } from "./durable.ts";

const readSize = 256 * 1024;

/** An artifact that is not whole yet: the bytes so far, kept across runs. Nothing in it is trusted until every byte has passed the checks. */
export class PartFile implements AsyncDisposable {
  readonly #path: string;
  readonly #file: FileHandle;
  #length: number;

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

  get length(): number {
    return this.#length;
  }

  /** The bytes so far, in pieces that are valid until the next one is asked for. */
  async *read(): AsyncGenerator<Uint8Array> {
    const buffer = Buffer.allocUnsafe(Math.min(readSize, this.#length));
    for (let position = 0; position < this.#length; ) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#file.appendFile(bytes);
    this.#length += bytes.length;
  }

  /** Starts over. */
  async clear(): Promise<void> {
    await this.#file.truncate(0);
    this.#length = 0;
  }

  /** Makes the bytes durable and gives them their final name. */
  async finish(path: string): Promise<void> {
    await this.#file.sync();
    await renameDurably(this.#path, path);
  }

  async discard(): Promise<void> {
    await unlink(this.#path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}
