// SPDX-License-Identifier: Apache-2.0
import { logEvent } from "@countersign/daemon/event";
import type { RepositoryView } from "@countersign/repository/view";
import type { EntryType } from "@countersign/tlog/entry";
import { publicSince } from "@countersign/trust/ledger/inclusion";
import { readAttestations } from "@countersign/trust/workflow/attestations";
import type { Read } from "@countersign/trust/workflow/step";
import { readAct } from "./act-body.ts";
import { faultOf } from "./act-fault.ts";
import { type Announced, announcedBy, type HeardAct, type Place } from "./announced.ts";
import { readProposed } from "./entry-body.ts";
import type { EnteredRelease, Intent, ShownStatement } from "./intent.ts";
import { type DeclaredIntent, readIntents } from "./intents-file.ts";
import type { LedgerCopy } from "./ledger-copy.ts";
import type { LoggedEntry, PublishedEntry } from "./observation.ts";

/** The acts that say what may be released, and by whom. */
const SAYING: readonly EntryType[] = ["window", "grant", "identity"];
/** How many acts and releases one look asks for at most. */
const ASKED_A_LOOK = 256;
/** How many of the newest releases are judged. */
const JUDGED = 256;
/** How often what nobody shows is asked for at every look; then at every so manieth. */
const TRIES = 60;

export interface IntentBookParts {
  readonly copy: LedgerCopy;
  readonly read: Read;
  /** URL of govern, which has the bodies; undefined where it is not to be asked. */
  readonly govern: string | undefined;
  /** The security team's own file. */
  readonly file: string | undefined;
  readonly graceSeconds: number;
}

interface Wanted extends Place {
  readonly digest: string;
  tries: number;
}

/** An observer's own list of intended releases: what the ledger names by digest, fetched, verified anew and remembered. Nothing that govern answers is believed besides. */
export class IntentBook {
  readonly #parts: IntentBookParts;
  #heard: HeardAct[] = [];
  readonly #wanted = new Map<string, Wanted>();
  readonly #releases = new Map<string, Wanted>();
  readonly #shown = new Map<string, ShownStatement>();
  /** When a channel was first seen to offer a release, witnessed time. */
  readonly #offered = new Map<string, number>();
  #announced: Announced | undefined;
  #declared: readonly DeclaredIntent[] = [];
  /** Why the file of intents did not read at the last look: said once. */
  #unread = "";

  constructor(parts: IntentBookParts) {
    this.#parts = parts;
    this.begin();
  }

  /** Begins with what was read and heard before: at a start, and where another log takes over and all places become others. */
  begin(): void {
    const { copy } = this.#parts;
    this.#heard = [...copy.acts()];
    this.#announced = undefined;
    this.#wanted.clear();
    this.#releases.clear();
    const known = new Set(this.#heard.map(({ index }) => index));
    for (const logged of copy.entriesOf([...SAYING, "release"])) if (!known.has(logged.index)) this.#want(logged, logged.since);
  }

  /** What was intended and what was released, up to the entries of this look, which were witnessed at `time`. */
  async hear(fresh: readonly LoggedEntry[], time: number, view: RepositoryView, published: readonly PublishedEntry[]): Promise<Intent> {
    const { govern, file, graceSeconds } = this.#parts;
    for (const logged of fresh) this.#want(logged, time);
    if (govern !== undefined) await this.#hearActs(govern, view);
    if (file !== undefined) await this.#readFile(file);
    const offered = new Map(published.map((each) => [each.entry.digest as string, each]));
    for (const release of [...this.#releases.values()].slice(-JUDGED)) await this.#see(release, offered.get(release.digest));
    for (const digest of offered.keys()) if (!this.#offered.has(digest)) this.#offered.set(digest, time);
    const unheard = [...this.#wanted.values()].filter(({ tries }) => tries < TRIES).map(({ index }) => index);
    const settled = ({ index, seen, digest, tries }: Wanted): boolean =>
      time >= seen + graceSeconds && unheard.every((each) => each > index) && (this.#shown.has(digest) || tries >= TRIES);
    return {
      graceSeconds,
      announced: govern === undefined ? undefined : this.#announcedNow(),
      declared: file === undefined ? undefined : this.#declared,
      releases: [...this.#releases.values()]
        .slice(-JUDGED)
        .filter(settled)
        .map(({ index, seen, digest }) => ({
          index,
          seen,
          digest: digest as EnteredRelease["digest"],
          since: sinceOf(offered.get(digest), view),
          shown: this.#shown.get(digest),
          isOffered: unheard.length === 0 && time >= (this.#offered.get(digest) ?? time) + graceSeconds && offered.has(digest),
        })),
    };
  }

  #announcedNow(): Announced {
    if (this.#announced?.acts.length !== this.#heard.length) this.#announced = announcedBy(this.#heard);
    return this.#announced;
  }

  #want({ index, entry: { type, digest } }: LoggedEntry, seen: number): void {
    const wanted = { index, seen, digest, tries: 0 };
    if (SAYING.includes(type)) this.#wanted.set(digest, wanted);
    if (type === "release" && !this.#releases.has(digest)) this.#releases.set(digest, wanted);
  }

  async #hearActs(govern: string, { policy }: RepositoryView): Promise<void> {
    const asked = [...this.#wanted.values()].filter(isDue).slice(0, ASKED_A_LOOK);
    const answers = await Promise.all(asked.map(async (wanted) => ({ wanted, act: await readAct(govern, wanted.digest) })));
    const shown = answers.flatMap(({ wanted, act }) => (act.ok ? [{ wanted, act: act.value }] : []));
    for (const { wanted, act } of answers) if (!act.ok) wanted.tries++;
    for (const { wanted, act } of shown.toSorted((a, b) => a.act.number - b.act.number)) {
      const { index, seen, digest } = wanted;
      const orphan =
        act.act === "window.opened" && !this.#heard.some((each) => each.act.act === "window.requested" && each.act.subject === act.subject);
      if (orphan && wanted.tries++ < TRIES) continue; // its request may be logged a moment later
      const heard = { index, seen, act, fault: faultOf(act, policy, this.#heard) };
      this.#parts.copy.keepAct(heard);
      this.#heard.push(heard);
      this.#wanted.delete(digest);
    }
  }

  /** What a release entry names: from a head, or from govern. */
  async #see(release: Wanted, offered: PublishedEntry | undefined): Promise<void> {
    if (this.#shown.has(release.digest)) return;
    const { govern, read } = this.#parts;
    if (!isDue(release)) return;
    const named =
      offered !== undefined
        ? { ok: true as const, value: offered.entry }
        : govern === undefined
          ? undefined
          : await readProposed(govern, release.digest);
    if (named?.ok !== true || named.value.body._type !== "release" || named.value.digest !== release.digest) {
      release.tries++;
      return;
    }
    const { body, approvals } = named.value;
    const attestations = await readAttestations(read, body.provenance);
    if (!attestations.ok && offered === undefined) release.tries++;
    else this.#shown.set(release.digest, { body, approvals, attestations: attestations.ok ? attestations.value : [] });
  }

  async #readFile(file: string): Promise<void> {
    const read = await readIntents(file);
    if (read.ok) this.#declared = read.value;
    else if (read.refusal.found !== this.#unread) logEvent("observe", "intents-refused", { ...read.refusal });
    this.#unread = read.ok ? "" : read.refusal.found;
  }
}

/** Whether it is to be asked for at this look: what nobody has shown for long, only now and then. */
function isDue(wanted: Wanted): boolean {
  if (wanted.tries < TRIES) return true;
  wanted.tries++;
  return wanted.tries % TRIES === 0;
}

function sinceOf(offered: PublishedEntry | undefined, { ledger }: RepositoryView): number | undefined {
  const since = offered === undefined ? undefined : publicSince(offered.entry.proof, ledger);
  return since?.ok === true ? since.value : undefined;
}
