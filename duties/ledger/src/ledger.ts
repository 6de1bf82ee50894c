// SPDX-License-Identifier: Apache-2.0
import { leafHash } from "@countersign/tlog/hash";
import { verifyInclusion } from "@countersign/tlog/merkle";
import { formatTlogProof } from "@countersign/tlog/proof";
import { type CosignedCheckpoint, type LogTrust, verifyCosigned } from "@countersign/tlog/quorum";
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";
import type { NoteSigner } from "@countersign/tlog/signer";
import { inclusionProofs } from "@countersign/tlog/tree";
import { integrate } from "./integrate.ts";
import type { LogFiles } from "./log-files.ts";
import type { Head, LedgerState } from "./state.ts";
import type { Witnesses } from "./witnesses.ts";

/** Where an entry is, and a `.tlog-proof` of it under the newest published checkpoint. */
export interface Logged {
  readonly index: number;
  readonly proof: string;
}

/** What a ledger is made of. */
export interface LedgerParts {
  readonly state: LedgerState;
  readonly files: LogFiles;
  readonly signer: NoteSigner;
  readonly witnesses: Witnesses;
  readonly trust: LogTrust;
  readonly heartbeatMilliseconds: number;
}

/** Someone who waits for an entry to be published. */
interface Waiting {
  readonly leaf: Uint8Array;
  readonly entry: Uint8Array;
  /** Once it has one. */
  index: number | undefined;
  readonly outcome: PromiseWithResolvers<Outcome<Logged>>;
}

/** A published leaf and where it is. */
interface Place {
  readonly leaf: Uint8Array;
  readonly index: number;
}

const MAX_WAITING = 4096;
/** After a round without a quorum, so that witnesses that are down are not asked all the time. */
const RETRY_MILLISECONDS = 500;

/**
 * A log that is appended to in turns. A turn gives waiting entries their place (sequenced), takes them into a signed tree
 * (integrated), and shows that tree to the world once a quorum of witnesses cosigned it (published).
 *
 * No tree is signed before the quorum has cosigned the one before it, also after a restart: a ledger that was rolled back without
 * its noticing is stopped by its witnesses before it can sign a fork.
 */
export class Ledger {
  readonly #parts: LedgerParts;
  readonly #waiting = new Map<string, Waiting>();
  #head: Head;
  #published: CosignedCheckpoint | undefined;
  /** Whether the quorum has cosigned the head since this process started. */
  #confirmed = false;
  #nextRound = 0;

  constructor(parts: LedgerParts, head: Head, published: CosignedCheckpoint | undefined) {
    this.#parts = parts;
    this.#head = head;
    this.#published = published;
  }

  /** The newest published checkpoint, as a note. */
  get checkpoint(): string | undefined {
    return this.#published?.note;
  }

  /** Logs an entry and waits until it is published. The same entry again is the same place, with a newer proof. */
  append(entry: Uint8Array): Promise<Outcome<Logged>> {
    const leaf = leafHash(entry);
    if (this.#isPublished(leaf)) return this.prove(leaf);
    const key = Buffer.from(leaf).toString("hex");
    const known = this.#waiting.get(key);
    if (known !== undefined) return known.outcome.promise;
    if (this.#waiting.size >= MAX_WAITING) {
      const remedy = "send the entry again in a second";
      return Promise.resolve(refuse("ledger-busy", `at most ${MAX_WAITING} waiting entries`, "more", remedy));
    }
    const waiting: Waiting = { leaf, entry, index: undefined, outcome: Promise.withResolvers<Outcome<Logged>>() };
    this.#waiting.set(key, waiting);
    return waiting.outcome.promise;
  }

  /** A proof of a published entry, by its leaf hash. It is verified before it is given out. */
  async prove(leaf: Uint8Array): Promise<Outcome<Logged>> {
    const published = this.#published;
    const index = this.#parts.state.placeOf(leaf);
    if (published === undefined || index === undefined || index >= published.checkpoint.size) {
      const found = index === undefined ? "one that is not in the log" : "one that is not published yet";
      return refuse("entry-not-published", "an entry of the published log", found, "log the entry with POST /entries");
    }
    const proven = await this.#proveAll([{ leaf, index }], published);
    if (!proven.ok) return proven;
    const [logged] = proven.value;
    if (logged === undefined) throw new Error("a proof for each leaf was asked for");
    return logged;
  }

  /** A batch has most of its path in common: many proofs together cost little more than one. */
  async #proveAll(places: readonly Place[], { checkpoint, note }: CosignedCheckpoint): Promise<Outcome<readonly Outcome<Logged>[]>> {
    const { size, root } = checkpoint;
    const indices = places.map(({ index }) => index);
    const proofs = await inclusionProofs(indices, size, this.#parts.files.read);
    if (!proofs.ok) return proofs;
    const logged = places.map(({ leaf, index }, at): Outcome<Logged> => {
      const hashes = proofs.value[at] ?? [];
      if (verifyInclusion(index, size, leaf, hashes, root)) return accept({ index, proof: formatTlogProof({ index, hashes, note }) });
      return refuse("log-damaged", `tiles of the tree of size ${size}`, "others", "restore the files of the log from a mirror");
    });
    return accept(logged);
  }

  /**
   * One turn; turns must not overlap. Where nothing waits and no heartbeat is due, it does nothing. When it fails, it says so to
   * everyone who waits, and throws.
   */
  async turn(): Promise<void> {
    try {
      await this.#advance();
    } catch (error) {
      this.#nextRound = performance.now() + RETRY_MILLISECONDS;
      const failed = refuse("ledger-failed", "a log that can be extended", "a failure of the ledger", "send the entry again later");
      for (const { outcome } of this.#waiting.values()) outcome.resolve(failed);
      this.#waiting.clear();
      throw error;
    }
  }

  async #advance(): Promise<void> {
    const { state, files, signer, heartbeatMilliseconds } = this.#parts;
    const without = [...this.#waiting.values()].filter(({ index }) => index === undefined);
    for (const [at, index] of state.sequence(without).entries()) if (without[at] !== undefined) without[at].index = index;
    if (this.#confirmed && state.sequenced() > this.#head.size) {
      this.#head = await integrate(this.#head, state, files, signer);
      this.#confirmed = false;
      this.#nextRound = 0;
    }
    if (performance.now() < this.#nextRound) return;

    const missing = await this.#publish();
    this.#confirmed = missing === undefined;
    this.#nextRound = performance.now() + (missing === undefined ? heartbeatMilliseconds : RETRY_MILLISECONDS);
    await this.#answer(missing);
  }

  /** Tells those who wait what has become of their entries: a proof, or what is missing. */
  async #answer(missing: Outcome<never> | undefined): Promise<void> {
    const published = this.#published;
    const here: (Place & { readonly key: string })[] = [];
    for (const [key, { leaf, index, outcome }] of this.#waiting) {
      if (index === undefined) continue; // it came during this turn: the next one gives it its place
      if (published !== undefined && index < published.checkpoint.size) here.push({ key, leaf, index });
      else if (missing !== undefined) this.#resolve(key, outcome, missing);
      // otherwise it has its place, and goes into the tree in the next turn
    }
    if (published === undefined || here.length === 0) return;
    const proven = await this.#proveAll(here, published);
    for (const [at, { key }] of here.entries()) {
      const outcome = this.#waiting.get(key)?.outcome;
      const logged = proven.ok ? proven.value[at] : proven;
      if (outcome !== undefined && logged !== undefined) this.#resolve(key, outcome, logged);
    }
  }

  #resolve(key: string, outcome: Waiting["outcome"], answer: Outcome<Logged>): void {
    this.#waiting.delete(key);
    outcome.resolve(answer);
  }

  /** Has the head cosigned and shows it to the world, or says what is missing. */
  async #publish(): Promise<Outcome<never> | undefined> {
    const { witnesses, trust, files } = this.#parts;
    const cosigned = verifyCosigned(Buffer.from(await witnesses.cosign(this.#head)), trust);
    if (!cosigned.ok) return cosigned;
    await files.write([{ path: "checkpoint", bytes: Buffer.from(cosigned.value.note) }]);
    this.#published = cosigned.value;
    return undefined;
  }

  #isPublished(leaf: Uint8Array): boolean {
    const place = this.#parts.state.placeOf(leaf);
    return place !== undefined && this.#published !== undefined && place < this.#published.checkpoint.size;
  }
}
