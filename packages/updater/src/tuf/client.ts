// SPDX-License-Identifier: Apache-2.0
import { defaultLimits, type Limits } from "@countersign/trust/limits";
import type { Outcome } from "@countersign/trust/refusal";
import type { Asking } from "@countersign/trust/tuf/asking";
import { type Freshness, strict } from "@countersign/trust/tuf/freshness";
import { type Found, lookup, targetPaths } from "@countersign/trust/tuf/lookup";
import { type RefreshOptions, refresh } from "@countersign/trust/tuf/refresh";
import type { Trusted } from "@countersign/trust/tuf/trusted";
import type { Step } from "@countersign/trust/workflow/step";
import { fetchSmall } from "../fetch-small.ts";
import { Mirrors } from "../mirrors.ts";
import type { Network } from "../network.ts";
import { below } from "./below.ts";
import { drive } from "./drive.ts";
import { firstRoot, plantRoot } from "./first-root.ts";
import { freshnessSince, type LazyFor } from "./freshness.ts";
import type { MetadataStore } from "./metadata-store.ts";
import { type DownloadedTarget, downloadTarget } from "./target-download.ts";
import { withStore } from "./with-store.ts";

/** A TUF repository as somebody uses it: where it is, where its metadata is kept, and from which root trust in it comes. */
export interface TufClientOptions {
  /** Where metadata is kept; any number of processes may share it. */
  readonly directory: string;
  /** The metadata base URL; further ones are mirrors, asked when those before them fail. At least one. */
  readonly metadataUrls: readonly string[];
  /** The targets base URL, and mirrors; needed to download. */
  readonly targetsUrls?: readonly string[] | undefined;
  /**
   * The root that was shipped with the program. With it, nothing in the directory is trusted that does not follow from it; without it, trust begins
   * with the directory's own root, so whoever can write there decides.
   */
  readonly root?: Uint8Array | undefined;
  readonly network: Network;
  readonly freshness?: Freshness | LazyFor | undefined;
  readonly limits?: Limits | undefined;
  /** Unix milliseconds. */
  readonly clock?: (() => number) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called as a target's bytes arrive. */
  readonly progress?: ((received: number, total: number) => void) | undefined;
}

/** Refusals that no mirror is to blame for: another one would lead to the same. */
const settled: ReadonlySet<string> = new Set(["no-such-target", "delegations-exceeded", "role-not-listed", "cancelled"]);

/** What this client trusts since its last refresh. */
interface Session {
  readonly trusted: Trusted;
  /** With the fixed start time of the update (TUF 5.1): lookups are judged by it too. */
  readonly judging: RefreshOptions;
}

/**
 * A plain TUF client: the workflow that `trust` decides, with a directory and a network. Nothing is done before it is asked for, and the first lookup
 * refreshes by itself. Every result has the trail of what was checked.
 *
 * @example
 * const client = new TufClient({ directory, metadataUrls: [url], targetsUrls: [targets], root, network: network() });
 * const { outcome } = await client.download("tool/linux-x64", "/opt/tool");
 */
export class TufClient {
  readonly #options: TufClientOptions;
  readonly #limits: Limits;
  readonly #metadataMirrors: Mirrors;
  readonly #targetMirrors: Mirrors;
  #session: Session | undefined;

  constructor(options: TufClientOptions) {
    this.#options = options;
    this.#limits = options.limits ?? defaultLimits;
    this.#metadataMirrors = new Mirrors(options.metadataUrls, options.clock);
    this.#targetMirrors = new Mirrors(options.targetsUrls ?? [], options.clock);
  }

  /** TUF 5.1 to 5.6.6: brings the top-level metadata up to date. What was accepted before a refusal stays. */
  async refresh(): Promise<Step<Trusted>> {
    this.#session = undefined;
    const { directory, root, clock = Date.now, freshness = strict } = this.#options;
    const now = clock();
    return await withStore(directory, async (store) => {
      const first = await firstRoot(store, root, this.#limits);
      const { verdicts, outcome: begun } = first;
      if (!begun.ok) return first;
      const judging = { now, freshness: freshnessSince(await store.lastChecked(), freshness, now), limits: this.#limits };
      const { step, asked } = await this.#run(store, () => refresh(begun.value, judging));
      if (step.outcome.ok) {
        const trusted = step.outcome.value;
        await store.keepRoot(trusted.root.signed.version, trusted.root.bytes); // it may come from an embedded root, or through the past
        if (asked) await store.forgetOthers(() => listedRoles(trusted));
        if (asked) await store.noteChecked(now);
        this.#session = { trusted, judging };
      }
      return { verdicts: [...verdicts, ...step.verdicts], outcome: step.outcome };
    });
  }

  /** TUF 5.6.7: what the repository says of a target. Refused if no role that may speak for it lists it. */
  async lookup(path: string): Promise<Step<Found>> {
    const { verdicts, outcome } = this.#session === undefined ? await this.refresh() : { verdicts: [], outcome: undefined };
    const session = this.#session;
    if (outcome?.ok === false) return { verdicts, outcome };
    if (session === undefined) throw new Error("a refresh that was accepted left nothing to look up in");
    return await withStore(this.#options.directory, async (store) => {
      const { step } = await this.#run(store, () => lookup(session.trusted, path, session.judging));
      if (step.outcome.ok) this.#session = { ...session, trusted: step.outcome.value.trusted };
      return { verdicts: [...verdicts, ...step.verdicts], outcome: step.outcome };
    });
  }

  /** A lookup, and TUF 5.7: puts a target into `directory`, or leaves it there where it is the right one already. */
  async download(path: string, directory: string): Promise<Step<DownloadedTarget>> {
    const { verdicts, outcome } = await this.lookup(path);
    return { verdicts, outcome: outcome.ok ? await this.fetch(outcome.value, directory) : outcome };
  }

  /** TUF 5.7 for a target that was looked up. */
  async fetch({ path, target, trusted }: Found, directory: string): Promise<Outcome<DownloadedTarget>> {
    const { network, signal, progress } = this.#options;
    const { connectSeconds, idleSeconds, minimumBytesPerSecond, targetSeconds: totalSeconds } = this.#limits;
    const locations = targetPaths(path, target.hashes, trusted.root.signed.consistent_snapshot);
    const limits = { connectSeconds, idleSeconds, totalSeconds, minimumBytesPerSecond };
    return await downloadTarget({ path, target, locations, mirrors: this.#targetMirrors, directory, limits, progress }, network, signal);
  }

  /** Runs a part of the workflow with one mirror after the other, until one of them serves what is accepted. */
  async #run<R>(store: MetadataStore, begin: () => Asking<Step<R>>): Promise<{ readonly step: Step<R>; readonly asked: boolean }> {
    const { network, signal } = this.#options;
    const { documentSeconds: seconds } = this.#limits;
    let first: Step<R> | undefined;
    for (const base of this.#metadataMirrors.inOrder) {
      let asked = false;
      const fetchBelow = async (path: string, maxBytes: number): Promise<Outcome<Uint8Array | undefined>> => {
        asked = true;
        return await fetchSmall(network, { url: below(base, path), maxBytes, seconds, signal });
      };
      const step = await drive(begin(), { store, fetch: fetchBelow });
      if (step.outcome.ok && asked) this.#metadataMirrors.served(base);
      if (step.outcome.ok || !asked || settled.has(step.outcome.refusal.code)) return { step, asked };
      this.#metadataMirrors.failed(base);
      first ??= step;
    }
    if (first === undefined) throw new RangeError("a repository without a metadata URL");
    return { step: first, asked: true };
  }
}

function* listedRoles({ snapshot }: Trusted): Generator<string> {
  for (const file of snapshot?.signed.meta.names() ?? []) yield file.slice(0, -".json".length);
}

/**
 * Begins a directory: makes `root` what it trusts, before anything is fetched. Refuses a root that did not sign itself, and a directory that trusts
 * another one already.
 */
export async function initialise(directory: string, root: Uint8Array, limits: Limits = defaultLimits): Promise<Outcome<Trusted>> {
  const { outcome } = await withStore(directory, async (store) => ({ verdicts: [], outcome: await plantRoot(store, root, limits) }));
  return outcome;
}
