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
  readonly #ledBefore = new Set<string>();
  #leader: string | undefined;
  #readFrom = new Set<string>();
  readonly #stop = new AbortController();

  constructor(mirrors: Mirrors, network: Network) {
    this.#mirrors = mirrors;
    this.#network = network;
  }

  /**
   * Begins a run under the next mirror, and starts to read files that will be asked for in a moment, all at once: one round trip instead of one each.
   * Each is handed out once.
   */
  expect(paths: readonly string[], maxBytes: number, seconds: number): void {
    this.#leader = this.#order[0];
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
    return fetchFrom(
      this.#mirrors,
      async (base) => {
        const bytes = await fetchSmall(this.#network, { url: `${base}/${path}`, maxBytes, seconds, signal: this.#stop.signal });
        if (bytes.ok) readFrom.add(base);
        return bytes;
      },
      this.#order,
    );
  }

  /** Downloads a file. What one mirror has sent before it failed is kept, and the next goes on from there. */
  async download(path: string, request: Omit<DownloadRequest, "url">, checks: readonly StreamCheck[]): Promise<Outcome<void>> {
    return await fetchFrom(
      this.#mirrors,
      async (base) => {
        const fetched = await download({ ...request, url: `${base}/${path}` }, checks, this.#network, this.#stop.signal);
        if (fetched.ok) this.#mirrors.served(base);
        return fetched;
      },
      this.#order,
    );
  }

  /**
   * Ends a run. What was read in it was right, or was refused: then the mirror that led it is asked last from now on, and for a while. Only that one: it can
   * make any other answer for a single file, which says nothing of the others.
   */
  judged(right: boolean): void {
    for (const base of this.#readFrom) {
      if (right) this.#mirrors.served(base);
      else if (base === this.#leader) this.#mirrors.failed(base);
    }
    if (this.#leader !== undefined) this.#ledBefore.add(this.#leader);
    this.#readFrom = new Set();
    this.#expected.clear();
  }

  /** Whether there is a mirror that has led no run yet. */
  get hasAnother(): boolean {
    return this.#mirrors.inOrder.some((base) => base !== this.#leader && !this.#ledBefore.has(base));
  }

  /** Mirrors that led an earlier run come last, also where all of them rest. */
  get #order(): readonly string[] {
    const { inOrder } = this.#mirrors;
    return [...inOrder.filter((base) => !this.#ledBefore.has(base)), ...inOrder.filter((base) => this.#ledBefore.has(base))];
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }
}
