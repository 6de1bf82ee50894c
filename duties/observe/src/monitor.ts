// SPDX-License-Identifier: Apache-2.0
import { logEvent } from "@countersign/daemon/event";
import type { Measure } from "@countersign/release/compare-releases";
import type { Store } from "@countersign/repository/store";
import type { RepositoryView } from "@countersign/repository/view";
import { equalBytes } from "@countersign/tlog/hash";
import { formatNote, parseNote } from "@countersign/tlog/note";
import { cosign, type NoteSigner } from "@countersign/tlog/signer";
import { judge } from "@countersign/trust/check";
import { readThroughChecks } from "@countersign/trust/readthrough/checks";
import { readReadThrough, readThroughPath } from "@countersign/trust/readthrough/read-through";
import { accept, type Outcome, type Refusal } from "@countersign/trust/refusal";
import type { Kind } from "./detector.ts";
import type { ProposedEntry } from "./entry-body.ts";
import { announce, type Finding, findingOf } from "./finding.ts";
import type { FindingsFile } from "./findings-file.ts";
import type { Heart } from "./heart.ts";
import type { LedgerCopy } from "./ledger-copy.ts";
import type { LoggedEntry, PublishedEntry } from "./observation.ts";
import { type Library, readEntry } from "./reading.ts";
import { releaseDrift, subjectOf } from "./release-drift.ts";

/** How many entries one look reads at most, so that a long ledger does not keep it from looking. */
const ENTRIES_A_LOOK = 256;

/** What may come a moment later than its entry, or from another mirror; everything else is wrong at once. */
const late: readonly string[] = ["missing-file", "bytes-missing", "unreachable", "timeout", "http-status", "proposal-unknown"];

export interface MonitorParts {
  readonly library: Library;
  /** Signs under the monitor's name. */
  readonly signer: NoteSigner;
  readonly heart: Heart;
  readonly store: Store;
  readonly copy: LedgerCopy;
  readonly findings: FindingsFile;
  readonly accepted: readonly string[];
  /** By what it is judged how unusual a release is. */
  readonly measure: Measure;
  /** How long what an entry names may be missing before that is a finding. */
  readonly graceSeconds: number;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Reads what the ledger names, entry by entry, and says in public how far it has come. At the first that is not as it must be it stops, and says that. */
export class Monitor {
  readonly #parts: MonitorParts;
  /** Of the tree that it said last that it had read. */
  #written: Uint8Array = new Uint8Array();
  #heldAt: { readonly index: number; readonly since: number } | undefined;

  constructor(parts: MonitorParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.signer.name;
  }

  /** Says that it is there, and whether it sees. */
  async beat(blind: string | null): Promise<void> {
    await this.#parts.heart.beat({ checkpoint: this.#parts.copy.cursor.note, readThrough: this.size, blind });
  }

  /** Entries of the ledger, from the first, that it has read with all that they name; none, while some of a log before it were not. */
  get size(): number {
    return Math.max(0, this.#parts.copy.readThrough);
  }

  /** Reads on as far as the copy of the ledger goes, by a repository that verifies; cosigns only a checkpoint below which nothing is unread. */
  async go(view: RepositoryView, published: readonly PublishedEntry[]): Promise<void> {
    const { copy, findings, accepted } = this.#parts;
    for (const logged of copy.entriesFrom(copy.readThrough, ENTRIES_A_LOOK)) {
      const read = await readEntry(logged.entry, view, this.#parts.library);
      const analysed = read.ok ? await this.#analyse(read.value, view, published) : read;
      if (!analysed.ok && !this.#isAccepted(logged, analysed.refusal)) return this.#hold(logged, analysed.refusal);
      copy.readPast(logged.index + 1);
    }
    this.#heldAt = undefined;
    const { size, root, note } = copy.cursor;
    if (copy.entriesFrom(copy.readThrough, 1).length > 0 || size === 0) return;
    copy.readPast(size);
    const standing = findings.all.find(({ id, severity }) => severity === "Critical" && !accepted.includes(id));
    if (standing !== undefined || equalBytes(root, this.#written)) return;
    const said = await this.#say(note, view);
    if (said.ok) this.#written = root;
    else logEvent("observe", "read-through-refused", { ...said.refusal });
  }

  /** What a release changes is on disk as a finding before its entry counts as read. */
  async #analyse(entry: ProposedEntry | undefined, view: RepositoryView, published: readonly PublishedEntry[]): Promise<Outcome<unknown>> {
    if (entry?.body._type !== "release") return accept(undefined);
    const { library, findings, measure, now } = this.#parts;
    const subject = subjectOf({ body: entry.body, digest: entry.digest }, view, published, library.store);
    const drift = await releaseDrift(subject, measure, now());
    if (drift.ok) announce(findings.add(drift.value));
    return drift;
  }

  #isAccepted(logged: LoggedEntry, refusal: Refusal): boolean {
    return this.#parts.accepted.includes(unread(logged, refusal, 0).id);
  }

  /** Stops here. What may only be late becomes a finding when it has been so for long. */
  #hold(logged: LoggedEntry, refusal: Refusal): void {
    const { findings, graceSeconds, now } = this.#parts;
    if (this.#heldAt?.index !== logged.index) this.#heldAt = { index: logged.index, since: now() };
    if (late.includes(refusal.code) && now() < this.#heldAt.since + graceSeconds * 1000) return;
    announce(findings.add([unread(logged, refusal, now())]));
  }

  /** Its word, judged as signers and devices will judge it before it is written. */
  async #say(note: string, view: RepositoryView): Promise<Outcome<unknown>> {
    const { signer, store, now } = this.#parts;
    const { policy, ledger } = view;
    const parsed = parseNote(Buffer.from(note));
    if (!parsed.ok) return parsed;
    const { text, textBytes, signatures } = parsed.value;
    const known = signatures.filter((each) =>
      [ledger.log, ...ledger.witnesses].some(({ name, keyId }) => each.name === name && each.keyId === keyId),
    );
    const bytes = Buffer.from(formatNote(text, [...known, await cosign(textBytes, Math.floor(now() / 1000), signer)]));
    const candidate = readReadThrough(signer.name, bytes, ledger);
    if (!candidate.ok) return candidate;
    const { outcome } = judge({ candidate: candidate.value, policy, ledger }, readThroughChecks);
    if (!outcome.ok) return outcome;
    await store.write(readThroughPath(signer.name), bytes);
    return accept(undefined);
  }
}

/** Where a monitor stops. What is wrong, and not only missing, is Critical. */
export const unreadEntry: Kind = {
  name: "unread-entry",
  severity: "High",
  title: "An entry of the ledger names what cannot be had, or is not as it must be; no read-through goes past it",
  means:
    "The ledger names something that this monitor could not fetch, or that is not what was named. Its read-through stops before it, so channels that ask for one wait.",
  advice:
    "Read the refusal. Serve what is missing; or, if you have looked and it may go on, write the finding's id into `accepted` of the monitor's configuration.",
};

function unread({ index, entry }: LoggedEntry, refusal: Refusal, time: number): Finding {
  const severity = late.includes(refusal.code) ? "High" : "Critical";
  const evidence = { index, entry: { ...entry }, refusal: { ...refusal } };
  return findingOf({ ...unreadEntry, severity }, { about: [`${index}`, refusal.code], evidence }, time);
}
