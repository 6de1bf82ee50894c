// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** What was asked of a server. Bytes are those of whole answers, headers included, so that nothing on the way is left out. */
export interface Traffic {
  readonly requests: number;
  readonly bytes: number;
}

/** A server over a directory, in another process. */
export class Server implements Disposable {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(url: string, process: ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  /** Every answer may be made to wait, in milliseconds. */
  static async start(directory: string, delay = 0): Promise<Server> {
    const process = fork(fileURLToPath(import.meta.resolve("./server-process.ts")), [directory, String(delay)]);
    const [url] = (await once(process, "message")) as [string];
    return new Server(url, process);
  }

  /** Since the last time it was asked. */
  async traffic(): Promise<Traffic> {
    this.#process.send("count");
    const [traffic] = (await once(this.#process, "message")) as [Traffic];
    return traffic;
  }

  [Symbol.dispose](): void {
    this.#process.disconnect();
  }
}
