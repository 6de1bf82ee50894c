// SPDX-License-Identifier: Apache-2.0
import type { CustodyKey } from "@countersign/custody/key";
import { logEvent } from "@countersign/daemon/event";
import type { LedgerClient } from "@countersign/repository/ledger-client";
import { readFrom } from "@countersign/repository/read-from";
import type { Store } from "@countersign/repository/store";
import { openRepository } from "@countersign/repository/view";
import { type Root, root } from "@countersign/trust/anchor/root";
import { judge } from "@countersign/trust/check";
import { sha256 } from "@countersign/trust/digest";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import type { HolderKey } from "@countersign/trust/key";
import { claimedCheckpoint, ledgerTrust, witnessedTime } from "@countersign/trust/ledger/checkpoint";
import { loggedCheck } from "@countersign/trust/ledger/inclusion";
import type { Policy } from "@countersign/trust/policy/policy";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Denial } from "@countersign/trust/revocation/list";
import { brakeChecks, holdOf } from "./brake-checks.ts";
import { brakeRequest } from "./brake-request.ts";
import { type DenialRecord, type RecordFile, recordWith } from "./denial-record.ts";
import { denialRequest } from "./denial-request.ts";
import { denialsWith, listPath, readOwnList, signList } from "./list-file.ts";
import { isMerged, latestPath, mergedLists } from "./merged-lists.ts";
import { newestCheckpoint } from "./newest-checkpoint.ts";
import { newestRoot } from "./newest-root.ts";
import { protectedKeys } from "./protected-keys.ts";
import { requestChecks } from "./request-checks.ts";
import { seenLists } from "./seen-lists.ts";

/** What a revoker works with. */
export interface RevokerParts {
  /** The name under which the policy lists its key. */
  readonly name: string;
  readonly key: CustodyKey;
  readonly operators: readonly HolderKey[];
  readonly store: Store;
  readonly ledger: LedgerClient;
  readonly anchor: Uint8Array;
  readonly file: RecordFile;
  readonly refreshMilliseconds: number;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** A list as it stands in the store, and how many of the record's denials it carries. */
interface Issued {
  readonly bytes: Uint8Array;
  readonly denials: number;
  /** Unix milliseconds. */
  readonly at: number;
}

/**
 * One revoker's list. A denial is on disk before anything else happens with it, and no step after that can lose it. What changes the
 * list happens one after the other.
 */
export class Revoker {
  readonly #parts: RevokerParts;
  #root: Envelope<Root>;
  /** The newest policy that this process has verified. */
  #policy: Policy | undefined;
  #record: DenialRecord;
  #issued: Issued | undefined;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(parts: RevokerParts, root: Envelope<Root>, record: DenialRecord) {
    this.#parts = parts;
    this.#root = root;
    this.#record = record;
  }

  /** Goes on from the record and from the list in the store; refused where the record or the embedded root does not read. */
  static async open(parts: RevokerParts): Promise<Outcome<Revoker>> {
    const embedded = readEnvelope(root, parts.anchor, "embedded root");
    if (!embedded.ok) return embedded;
    const record = await parts.file.read();
    if (!record.ok) return record;
    const published = await readOwnList(readFrom(parts.store), parts.name, parts.key);
    return accept(new Revoker(parts, embedded.value, recordWith(record.value, published?.signed)));
  }

  get record(): DenialRecord {
    return this.#record;
  }

  /** Takes an operator's request. Accepted, it is in the store and stays on the list for ever; asked again, nothing changes. */
  deny(body: Uint8Array): Promise<Outcome<DenialRecord>> {
    return this.#serially(async () => {
      const denial = await this.#judged(body);
      return denial.ok ? this.#take(denial.value) : denial;
    });
  }

  /** Takes an observer's request that a release be held: once, and for 72 hours at most. */
  brake(body: Uint8Array): Promise<Outcome<DenialRecord>> {
    return this.#serially(async () => {
      const hold = await this.#judgedBrake(body);
      return hold.ok ? this.#take(hold.value) : hold;
    });
  }

  async #take(denial: Denial): Promise<Outcome<DenialRecord>> {
    const denials = denialsWith(this.#record.denials, [denial]);
    if (denials.length > this.#record.denials.length) {
      await this.#save({ ...this.#record, denials });
      const { kind, name, until, brake } = denial;
      logEvent("revoke", brake === undefined ? "denied" : "braked", { kind, name, until, ...(brake === undefined ? {} : { brake }) });
    }
    const issued = this.#issued?.denials === denials.length ? accept(this.#record) : await this.#issue();
    if (issued.ok) return issued;
    const { expected, found } = issued.refusal;
    return refuse("denial-kept", expected, found, "It is kept, and in the list as soon as there can be one. Tell the other revokers too.");
  }

  /** Signs the list anew if that is due or a denial is not in it yet; merges it anew where another revoker's merge missed it. */
  refresh(): Promise<Outcome<DenialRecord>> {
    return this.#serially(async () => {
      const { store, now, refreshMilliseconds } = this.#parts;
      const issued = this.#issued;
      const current = issued?.denials === this.#record.denials.length && now() - issued.at < refreshMilliseconds;
      if (!current) return this.#issue();
      if (!(await isMerged(store, issued.bytes))) await this.#merge(issued.bytes);
      return accept(this.#record);
    });
  }

  /** Brings the newest list into the ledger if it denies more than the last that is there. */
  async log(): Promise<Outcome<DenialRecord>> {
    const issued = this.#issued;
    if (issued === undefined || issued.denials <= this.#record.logged) return accept(this.#record);
    const entry = { type: "revocations", digest: sha256(issued.bytes) } as const;
    const logged = await this.#parts.ledger.append(entry);
    if (!logged.ok) return logged;
    const { proof, index } = logged.value;
    const proven = loggedCheck("revocations").examine({ candidate: entry, proof, ledger: ledgerTrust(this.#root.signed) });
    if (!proven.ok) return proven;
    logEvent("revoke", "logged", { index, digest: entry.digest, denials: issued.denials });
    return this.#serially(async () => accept(await this.#save({ ...this.#record, logged: issued.denials })));
  }

  async #judged(body: Uint8Array): Promise<Outcome<Denial>> {
    const candidate = readEnvelope(denialRequest, body, "denial request");
    if (!candidate.ok) return candidate;
    const { name, operators, key } = this.#parts;
    const guarded = protectedKeys(this.#root.signed, await this.#newestPolicy(), key.keyid);
    const { denials } = this.#record;
    const { denial } = candidate.value.signed;
    const subject = { candidate: candidate.value, denial, revoker: name, operators, protectedKeys: guarded, denials };
    const { outcome } = judge(subject, requestChecks);
    return outcome.ok ? accept(denial) : outcome;
  }

  async #judgedBrake(body: Uint8Array): Promise<Outcome<Denial>> {
    const candidate = readEnvelope(brakeRequest, body, "brake request");
    if (!candidate.ok) return candidate;
    const policy = await this.#newestPolicy();
    if (policy === undefined)
      return refuse("policy-unknown", "a policy that verifies", "none yet", "Ask again when it has been published.");
    const note = await this.#newestCheckpoint();
    const ledger = ledgerTrust(this.#root.signed);
    const dated = note.ok ? claimedCheckpoint(note.value, ledger) : note;
    if (!dated.ok) return dated;
    const { name, key, now } = this.#parts;
    const denial = holdOf(candidate.value.signed, witnessedTime(dated.value, ledger.quorum), Math.floor(now() / 1000));
    const protectedHere = protectedKeys(this.#root.signed, policy, key.keyid);
    const { denials } = this.#record;
    const subject = { candidate: candidate.value, denial, revoker: name, policy, ledger, protectedKeys: protectedHere, denials };
    const { outcome } = judge(subject, brakeChecks);
    return outcome.ok ? accept(denial) : outcome;
  }

  /** The next version: on disk first, then signed, then written, then merged. */
  async #issue(): Promise<Outcome<DenialRecord>> {
    const { name, key, store, now } = this.#parts;
    const dated = await this.#newestCheckpoint();
    if (!dated.ok) return dated;
    const checkpoint = dated.value;
    const record = await this.#save({ ...this.#record, version: this.#record.version + 1, checkpoint });
    const { version, denials } = record;
    const policy = await this.#newestPolicy();
    const seen = policy === undefined ? {} : await seenLists(readFrom(store), policy, name);
    const list = { _type: "revocations", spec: "countersign/1", revoker: name, version, checkpoint, seen, denials } as const;
    const bytes = await signList(list, key);
    await store.write(listPath(name), bytes);
    await this.#merge(bytes);
    this.#issued = { bytes, denials: denials.length, at: now() };
    return accept(record);
  }

  async #merge(bytes: Uint8Array): Promise<void> {
    const { name, store } = this.#parts;
    await store.write(latestPath, await mergedLists(store, name, bytes));
  }

  /** What dates the next list. Where the store has nothing newer that verifies, the list keeps its date, and is as old as it says. */
  async #newestCheckpoint(): Promise<Outcome<string>> {
    const read = readFrom(this.#parts.store);
    const { root, refusal } = await newestRoot(this.#root, read);
    this.#root = root;
    if (refusal !== undefined) logEvent("revoke", "root-refused", { after: root.signed.version, ...refusal });
    const { checkpoint: held } = this.#record;
    const newest = await newestCheckpoint(read, ledgerTrust(root.signed), held);
    if (newest.ok) return accept(newest.value.note);
    if (held === null) return newest;
    logEvent("revoke", "checkpoint-refused", { ...newest.refusal });
    return accept(held);
  }

  /** A repository that does not verify, or is out of date, is no reason not to stop something: what was known before holds on. */
  async #newestPolicy(): Promise<Policy | undefined> {
    const view = await openRepository(readFrom(this.#parts.store), this.#parts.anchor, 0);
    if (view.ok) this.#policy = view.value.policy;
    return this.#policy;
  }

  async #save(record: DenialRecord): Promise<DenialRecord> {
    await this.#parts.file.save(record);
    this.#record = record;
    return record;
  }

  #serially<T>(task: () => Promise<T>): Promise<T> {
    const next = this.#last.then(task);
    this.#last = next.catch(() => undefined); // whoever asked for it hears of it; what comes after starts all the same
    return next;
  }
}
