// SPDX-License-Identifier: Apache-2.0
import type { Measure } from "@countersign/release/compare-releases";
import { hearMonitors } from "@countersign/release/heartbeats";
import type { RepositoryView } from "@countersign/repository/view";
import { encodeEntry, type Entry as LedgerEntry } from "@countersign/tlog/entry";
import { type FormerLog, verifyCosigned } from "@countersign/tlog/quorum";
import { root } from "@countersign/trust/anchor/root";
import { readEnvelope } from "@countersign/trust/envelope";
import { type LedgerTrust, ledgerTrust, witnessedTime } from "@countersign/trust/ledger/checkpoint";
import { accept, type Outcome, type Refusal } from "@countersign/trust/refusal";
import type { Read } from "@countersign/trust/workflow/step";
import type { Brake } from "./brake.ts";
import type { Detector } from "./detector.ts";
import { announce, type Finding, findingOf } from "./finding.ts";
import type { FindingsFile } from "./findings-file.ts";
import type { IntentBook } from "./intent-book.ts";
import type { LedgerCopy } from "./ledger-copy.ts";
import type { Mirrors } from "./mirrors.ts";
import type { Monitor } from "./monitor.ts";
import {
  type LedgerReading,
  ledgerEntryOf,
  type Observation,
  type PublishedEntry,
  type RepositoryReading,
  type Versions,
  versionsOf,
} from "./observation.ts";
import { growthBetween, type PathDocuments, pathDocumentsOf } from "./path-documents.ts";
import { readFormerLog, readLedger, tilesFrom } from "./read-ledger.ts";
import { readRepository } from "./read-repository.ts";
import type { Rebuilds } from "./rebuilds.ts";
import { driftId, isRelease, releaseDrift, subjectOf, unfetched } from "./release-drift.ts";
import { blindFinding, blindness, type Sight, sightAfter } from "./sight.ts";
import { Listening } from "./silences.ts";

/** What an observer works with. */
export interface ObserverParts {
  readonly read: Read;
  /** URL of the repository that `read` reads. */
  readonly store: string;
  readonly anchor: Uint8Array;
  readonly detectors: readonly Detector[];
  readonly findings: FindingsFile;
  readonly copy: LedgerCopy;
  /** What was said beforehand of what would be released. */
  readonly intents: IntentBook;
  readonly rebuilds: Rebuilds;
  readonly mirrors: Mirrors;
  readonly graceSeconds: number;
  /** By what it is judged how unusual a release is. */
  readonly measure: Measure;
  /** How long it may see nothing new before it says that it is blind. */
  readonly silenceSeconds: number;
  /** Where this observer says in public how far it has read. */
  readonly monitor?: Monitor | undefined;
  /** Where it asks for holds. */
  readonly brake?: Brake | undefined;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** How the last look went. */
export interface Status {
  /** Entries of the ledger read and verified. */
  readonly size: number;
  /** Entries read with all that they name; null where the observer is no monitor. */
  readonly readThrough: number | null;
  /** Witnessed time of the newest checkpoint read, Unix seconds; 0 before the first. */
  readonly time: number;
  /** True if the last look read everything to its end and all of it verified. Silence is not health: look at `looked`. */
  readonly healthy: boolean;
  /** When a look last ended, Unix milliseconds; 0 before the first. */
  readonly looked: number;
  /** Why it is blind; null while it sees. */
  readonly blind: string | null;
}

/** Looks at the path again and again, and remembers what it found. */
export class Observer {
  readonly #parts: ObserverParts;
  /** By the newest root that ever verified here: what the ledger is believed by while the repository does not verify. */
  #trust: LedgerTrust;
  #status: Status;
  #sight: Sight;
  readonly #listening = new Listening();

  private constructor(parts: ObserverParts, trust: LedgerTrust) {
    this.#parts = parts;
    this.#trust = trust;
    this.#sight = { seen: parts.now(), time: 0, obstacle: undefined };
    const readThrough = parts.monitor?.size ?? null;
    this.#status = { size: parts.copy.cursor.size, readThrough, time: 0, healthy: false, looked: 0, blind: null };
  }

  static open(parts: ObserverParts): Outcome<Observer> {
    const embedded = readEnvelope(root, parts.anchor, "embedded root");
    return embedded.ok ? accept(new Observer(parts, ledgerTrust(embedded.value.signed))) : embedded;
  }

  get status(): Status {
    return this.#status;
  }

  get findings(): readonly Finding[] {
    return this.#parts.findings.all;
  }

  /** One look. Findings are on disk before the cursor moves: killed between the two, it reads and finds the same again, once. */
  async look(): Promise<void> {
    const { copy, intents, monitor, brake, now } = this.#parts;
    try {
      const observation = await this.#observe();
      this.#find(observation);
      await this.#analyse(observation);
      const over = this.#unfinished;
      this.#advance(observation);
      if (over !== undefined && observation.ledger.state === "read") {
        copy.leave(over.origin);
        intents.begin();
      }
      const { repository, ledger, time } = observation;
      this.#sight = sightAfter(this.#sight, { time, obstacle: obstacleIn(observation) }, now());
      if (repository.state === "verified" && ledger.state === "read") await monitor?.go(repository.view, repository.entries);
      if (repository.state === "verified") await brake?.go(repository.view, repository.entries);
      const healthy = repository.state === "verified" && ledger.state === "read";
      const readThrough = monitor?.size ?? null;
      const { time: known } = this.#status;
      this.#status = { ...this.#status, size: copy.cursor.size, readThrough, time: Math.max(time, known), healthy, looked: now() };
    } catch (error) {
      this.#status = { ...this.#status, healthy: false };
      throw error;
    }
  }

  /** Says that it is there, or that it is blind: on disk before anybody hears it. */
  async lookAtItself(): Promise<void> {
    const { findings, monitor, silenceSeconds, now } = this.#parts;
    const reason = blindness(this.#sight, silenceSeconds, now());
    if (reason !== undefined) announce(findings.add([blindFinding(this.#sight, reason, now())]));
    this.#status = { ...this.#status, blind: reason ?? null };
    await monitor?.beat(reason ?? null);
  }

  async #observe(): Promise<Observation> {
    const { read, anchor, copy, graceSeconds, silenceSeconds, monitor } = this.#parts;
    const now = this.#parts.now();
    const { cursor, versions, path } = copy;
    const repository = await readRepository(read, anchor, "timestamp.json" in versions, now);
    if (repository.state === "verified") this.#trust = repository.view.ledger;
    const shown = repository.state === "verified" ? repository.view.checkpoint : undefined;
    const over = this.#unfinished;
    const ledger =
      over === undefined
        ? await readLedger(read, this.#trust, cursor, shown) // after the repository, which names nothing later than this
        : await readFormerLog(read, over, cursor, shown?.times ?? []);
    const fresh = new Set(ledger.state === "read" ? ledger.entries.map(({ entry }) => textOf(entry)) : []);
    const isLogged = (entry: LedgerEntry): boolean => fresh.has(textOf(entry)) || copy.has(entry);
    const time = ledger.state === "read" ? witnessedTime(ledger.checkpoint, this.#trust.quorum) : 0;
    const heard = repository.state === "verified" ? await hearMonitors(read, repository.view, time) : [];
    const others = heard.filter(({ monitor: name }) => name !== monitor?.name);
    const silences = this.#listening.hear(others, now);
    const known = { cursor, versions, isLogged, unpublished: copy.unpublished() };
    const growths = path === undefined ? [] : growthBetween(path, nextPath(path, versions, repository) ?? path);
    const beside =
      repository.state === "verified" && ledger.state === "read"
        ? await this.#lookBeside(repository.view, repository.entries, ledger, time, now)
        : { intent: undefined, rebuilds: [], mirrors: [] };
    return { repository, ledger, time, now, ...known, ...beside, growths, silences, graceSeconds, silenceSeconds };
  }

  /** What stands beside repository and ledger: what govern says, what builders made, what mirrors show. */
  async #lookBeside(
    view: RepositoryView,
    published: readonly PublishedEntry[],
    { entries, checkpoint }: Extract<LedgerReading, { readonly state: "read" }>,
    time: number,
    now: number,
  ): Promise<Pick<Observation, "intent" | "rebuilds" | "mirrors">> {
    const { read, intents, rebuilds, mirrors } = this.#parts;
    const cosigned = verifyCosigned(Buffer.from(checkpoint.note), view.ledger);
    const ledger = cosigned.ok ? { trust: view.ledger, cosigned: cosigned.value, readTile: tilesFrom(read) } : undefined;
    return {
      intent: await intents.hear(entries, time, view, published),
      rebuilds: await rebuilds.hear(entries, view),
      mirrors: ledger === undefined ? [] : await mirrors.look(view, ledger, published, now),
    };
  }

  /** The first of the logs before this one that was not read to its end yet: each is, before the next one is begun. Root has the newest first. */
  get #unfinished(): FormerLog | undefined {
    return this.#trust.former?.findLast(({ origin }) => !this.#parts.copy.hasLeft(origin));
  }

  #find(observation: Observation): void {
    const { detectors, findings, now } = this.#parts;
    const found = detectors.flatMap((detector) => detector.detect(observation).map((suspicion) => findingOf(detector, suspicion, now())));
    announce(findings.add(found));
  }

  /**
   * Looks into each release once: those that are published, and those that are shown while they soak. What cannot be fetched today is asked for again at the next
   * look, and is a finding where devices would ask for it, too.
   */
  async #analyse({ repository, intent }: Observation): Promise<void> {
    if (repository.state !== "verified") return;
    const { findings, store, measure, now } = this.#parts;
    const known = new Set(findings.all.map(({ id }) => id));
    const offered = repository.entries.flatMap(({ entry }) => (isRelease(entry) ? [entry] : []));
    const soaking = (intent?.releases ?? []).flatMap(({ digest, shown }) =>
      shown === undefined || offered.some((entry) => entry.digest === digest) ? [] : [{ digest, body: shown.body }],
    );
    for (const entry of [...offered, ...soaking]) {
      const { channel } = entry.body;
      if (entry.body.artifacts.every(({ platform }) => known.has(driftId(channel, entry.digest, platform)))) continue;
      const drift = await releaseDrift(subjectOf(entry, repository.view, repository.entries, store), measure, now());
      const unseen = "proof" in entry && !drift.ok ? [unfetched(entry, drift.refusal, now())] : [];
      announce(findings.add(drift.ok ? drift.value : unseen));
    }
  }

  #advance({ repository, ledger, time, cursor, versions }: Observation): void {
    const next = nextVersions(versions, repository);
    const grown = nextCursor(cursor, ledger);
    if (grown.note === cursor.note && JSON.stringify(next) === JSON.stringify(versions)) return;
    this.#parts.copy.advance({
      cursor: grown,
      versions: next,
      path: nextPath(this.#parts.copy.path, versions, repository),
      entries: ledger.state === "read" ? ledger.entries : [],
      published: repository.state === "verified" ? repository.entries.map(({ entry }) => ledgerEntryOf(entry)) : [],
      time,
    });
  }
}

/** What kept a look from seeing all that there is. Before anything was ever published there is nothing to see, and that is no sight either. */
function obstacleIn({ repository, ledger }: Observation): Refusal | undefined {
  if (repository.state === "refused") return repository.refusal;
  if (ledger.state === "refused") return ledger.refusal;
  return undefined;
}

function nextCursor(cursor: Observation["cursor"], ledger: LedgerReading): Observation["cursor"] {
  if (ledger.state !== "read") return cursor;
  const { note, checkpoint } = ledger.checkpoint;
  return { size: checkpoint.size, root: checkpoint.root, note };
}

/** The highest of each: a repository that goes back moves nothing here. */
function nextVersions(versions: Versions, repository: RepositoryReading): Versions {
  if (repository.state !== "verified") return versions;
  const seen = Object.entries(versionsOf(repository.view));
  return { ...versions, ...Object.fromEntries(seen.map(([name, version]) => [name, Math.max(version, versions[name] ?? 0)])) };
}

/** What says who may do what now. What a repository that goes back says is no news. */
function nextPath(path: PathDocuments | undefined, versions: Versions, repository: RepositoryReading): PathDocuments | undefined {
  if (repository.state !== "verified") return path;
  const shown = versionsOf(repository.view);
  const back = ["root.json", "targets.json"].some((name) => (shown[name] ?? 0) < (versions[name] ?? 0));
  return back ? path : pathDocumentsOf(repository.view);
}

function textOf(entry: LedgerEntry): string {
  return Buffer.from(encodeEntry(entry)).toString();
}
