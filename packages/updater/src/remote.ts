// SPDX-License-Identifier: Apache-2.0
import { type Outcome, refuse } from "@countersign/tlog/refusal";
import { download } from "./download.ts";
import { fetchSmall } from "./fetch-small.ts";
import { fetchFrom, type Mirrors } from "./mirrors.ts";
import type { Network } from "./network.ts";
import type { DownloadRequest, StreamCheck } from "./stream-checks.ts";

type Document = Outcome<Uint8Array | undefined>;

/** A repository as it is reached from here: from one of its mirrors, else from the next. Disposing of it stops what is under way. */
export class Remote implements Disposable {
  readonly #mirrors: Mirrors;
  readonly #network: Network;
  readonly #expected = new Map<string, Promise<Document>>();
  readonly #asked = new Set<string>();
  #readFrom = new Set<string>();
  readonly #stop = new AbortController();

  constructor(mirrors: Mirrors, network: Network) {
    this.#mirrors = mirrors;
    this.#network = network;
  }

  /** Starts to read files that will be asked for in a moment, all at once: one round trip instead of one each. Each is handed out once. */
  expect(paths: readonly string[], maxBytes: number, seconds: number): void {
    for (const path of paths) this.#expected.set(path, this.#fetch(path, maxBytes, seconds));
  }

  /** Reads a file, bounded in size and time; `undefined` where there is none. */
  async read(path: string, maxBytes: number, seconds: number): Promise<Document> {
    const expected = this.#expected.get(path);
    this.#expected.delete(path);
    const bytes = await (expected ?? this.#fetch(path, maxBytes, seconds));
    if (!bytes.ok || bytes.value === undefined || bytes.value.length <= maxBytes) return bytes;
    return refuse(
      "length-exceeded",
      `at most ${maxBytes} bytes`,
      String(bytes.value.length),
      "report this mirror: no honest document is that long",
    );
  }

  #fetch(path: string, maxBytes: number, seconds: number): Promise<Document> {
    const readFrom = this.#readFrom; // an answer that comes after the verdict has no part in the next one
    return fetchFrom(this.#mirrors, async (base) => {
      this.#asked.add(base);
      const bytes = await fetchSmall(this.#network, { url: `${base}/${path}`, maxBytes, seconds, signal: this.#stop.signal });
      if (bytes.ok) readFrom.add(base);
      return bytes;
    });
  }

  /** Downloads a file. What one mirror has sent before it failed is kept, and the next goes on from there. */
  async download(path: string, request: Omit<DownloadRequest, "url">, checks: readonly StreamCheck[]): Promise<Outcome<void>> {
    return await fetchFrom(this.#mirrors, async (base) => {
      this.#asked.add(base);
      const fetched = await download({ ...request, url: `${base}/${path}` }, checks, this.#network, this.#stop.signal);
      if (fetched.ok) this.#mirrors.served(base);
      return fetched;
    });
  }

  /** Notes that what was read since the last time was right, or was refused: then its mirrors are asked last for a while. */
  judged(right: boolean): void {
    for (const base of this.#readFrom) {
      if (right) this.#mirrors.served(base);
      else this.#mirrors.failed(base);
    }
    this.#readFrom = new Set();
    this.#expected.clear();
  }

  /** Whether there is a mirror that was not asked for anything yet. */
  get hasAnother(): boolean {
    return this.#mirrors.inOrder.some((base) => !this.#asked.has(base));
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }
}
