// SPDX-License-Identifier: Apache-2.0
import type { Outcome } from "@countersign/tlog/refusal";

const firstRestSeconds = 60;
const longestRestSeconds = 3600;

/** What is known of a mirror that failed. Only the order of asking hangs on it: what a mirror serves is verified all the same. */
export interface MirrorHealth {
  /** In a row. */
  readonly failures: number;
  /** Unix milliseconds. Until then the others are asked first. */
  readonly restsUntil: number;
}

/** Mirrors by their base URL. */
export type KnownHealth = Readonly<Record<string, MirrorHealth>>;

/**
 * Where one repository is served, in order of preference. A mirror that fails is passed over for a minute, then for twice as long each time, up to an
 * hour; when all of them rest, all are asked, so that resting never keeps anybody from an update.
 */
export class Mirrors {
  readonly #bases: readonly string[];
  readonly #clock: () => number;
  readonly #health: Map<string, MirrorHealth>;

  /** Health of mirrors that are not among `bases` is forgotten. */
  constructor(bases: readonly string[], clock: () => number = Date.now, known: KnownHealth = {}) {
    this.#bases = bases;
    this.#clock = clock;
    this.#health = new Map(Object.entries(known).filter(([base]) => bases.includes(base)));
  }

  /** Those that are well, then those that rest. */
  get inOrder(): readonly string[] {
    const resting = this.#bases.filter((base) => this.#rests(base));
    return [...this.#bases.filter((base) => !resting.includes(base)), ...resting];
  }

  get health(): KnownHealth {
    return Object.fromEntries(this.#health);
  }

  /** It could not be reached, or what it served was refused. */
  failed(base: string): void {
    const failures = (this.#health.get(base)?.failures ?? 0) + 1;
    const seconds = Math.min(firstRestSeconds * 2 ** Math.min(failures - 1, 16), longestRestSeconds);
    this.#health.set(base, { failures, restsUntil: this.#clock() + seconds * 1000 });
  }

  /** What it served passed verification. */
  served(base: string): void {
    this.#health.delete(base);
  }

  /** A rest that would last longer than any was noted under another clock, and is over. */
  #rests(base: string): boolean {
    const left = (this.#health.get(base)?.restsUntil ?? 0) - this.#clock();
    return left > 0 && left <= longestRestSeconds * 1000;
  }
}

/** Refusals that another mirror may well not give: it was not reached, or what it sent is not what it should be. */
const faultsOfMirrors: ReadonlySet<string> = new Set([
  "certificate-refused",
  "connection-lost",
  "digest-mismatch",
  "headers-exposed",
  "http-status",
  "length-exceeded",
  "length-short",
  "proxy-refused",
  "too-slow",
]);

/** Asks one mirror after the other until one answers, in the order of preference unless another is given. Where none does, the refusal is that of the first. */
export async function fetchFrom<T>(
  mirrors: Mirrors,
  ask: (base: string) => Promise<Outcome<T>>,
  order: readonly string[] = mirrors.inOrder,
): Promise<Outcome<T>> {
  let first: Outcome<T> | undefined;
  for (const base of order) {
    const answer = await ask(base);
    if (answer.ok || !faultsOfMirrors.has(answer.refusal.code)) return answer;
    mirrors.failed(base);
    first ??= answer;
  }
  if (first === undefined) throw new RangeError("a repository without a mirror");
  return first;
}
