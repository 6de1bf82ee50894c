// SPDX-License-Identifier: Apache-2.0
import { HASH_BYTES } from "@countersign/tlog/hash";
import { TILE_WIDTH } from "@countersign/tlog/tile";
import type { ReadTile } from "@countersign/tlog/tree";
import type { Targets } from "@countersign/trust/anchor/targets";
import type { Timestamp } from "@countersign/trust/anchor/timestamp";
import type { Verdict } from "@countersign/trust/check";
import type { Envelope } from "@countersign/trust/envelope";
import { type ClaimedCheckpoint, type LedgerTrust, ledgerTrust } from "@countersign/trust/ledger/checkpoint";
import { defaultLimits } from "@countersign/trust/limits";
import type { ChannelRules, Policy } from "@countersign/trust/policy/policy";
import type { ReadThrough } from "@countersign/trust/readthrough/read-through";
import { type Outcome, type Refusal, refuse } from "@countersign/trust/refusal";
import type { Choice } from "@countersign/trust/release/choice";
import type { Entry, Head } from "@countersign/trust/release/head";
import type { Artifact, Statement } from "@countersign/trust/release/statement";
import type { ServedList } from "@countersign/trust/revocation/checks";
import type { Built } from "@countersign/trust/revocation/deniable";
import type { Snapshot } from "@countersign/trust/tuf/snapshot";
import type { PolicyFile } from "@countersign/trust/workflow/policy";
import type { Read, Step } from "@countersign/trust/workflow/step";
import type { Device } from "./device.ts";
import type { Installer } from "./installers.ts";
import type { Journal } from "./journal.ts";
import type { Memory } from "./memory.ts";
import type { Remote } from "./remote.ts";
import type { Slot, SlotRecord } from "./slots.ts";
import type { Documents } from "./stored-documents.ts";
import type { TreeManifest } from "./tree.ts";
import type { TrustStore } from "./trust-store.ts";

/** A verdict with the gate that gave it. */
export interface GateVerdict extends Verdict {
  readonly gate: number;
}

export interface Progress {
  readonly gate: number;
  readonly name: string;
  readonly received?: number;
  readonly total?: number;
}

/** The version that is installed, by the record of its slot. */
export interface Installed {
  readonly slot: Slot;
  readonly record: SlotRecord;
}

/** What the gates have found so far in this attempt. A gate reads what earlier ones left; nothing of it is on disk before gate 7. */
export interface Findings {
  timestamp?: Envelope<Timestamp>;
  checkpoint?: ClaimedCheckpoint;
  snapshot?: Envelope<Snapshot>;
  targets?: Envelope<Targets>;
  /** The policy that is held. */
  policy?: PolicyFile;
  /** Every policy that judges now: the one that is held, and one that cools off. */
  judges?: readonly [Policy, ...Policy[]];
  channel?: Envelope<Targets>;
  /** Revocation lists that were served and verified in this attempt, by their key. */
  served?: Readonly<Record<string, ServedList>>;
  /** Which revokers were not heard recently, or left out. It stops nothing by itself. */
  unheard?: Refusal;
  /** Read-throughs that were served and verified, by the policy that names their monitors, once they were asked for. */
  readThroughs?: ReadonlyMap<Policy, readonly ReadThrough[]>;
  head?: Head;
  choice?: Choice;
  soakEnd?: number;
  /** What the provenance of the release adds to its names. */
  built?: Built;
  artifactFile?: string;
  staging?: string;
  manifest?: TreeManifest;
  journal?: Journal;
}

/** One run of the gates. */
export class Attempt {
  readonly device: Device;
  readonly installer: Installer;
  readonly installed: Installed | undefined;
  readonly remote: Remote;
  /** The fixed time at which the update began (TUF 5.1), Unix milliseconds by the system clock: it serves expiry, and nothing else. */
  readonly began: number;
  readonly progress: (progress: Progress) => void;
  readonly found: Findings = {};
  readonly trail: GateVerdict[] = [];
  documents: Documents;
  memory: Memory;
  /** Whether all is read in a bundle, which is judged at its own witnessed time. */
  readonly bundled: boolean;
  readonly #tiles = new Map<string, Promise<Uint8Array | undefined>>();
  #gate = 0;

  constructor(
    device: Device,
    installer: Installer,
    installed: Installed | undefined,
    store: Pick<TrustStore, "documents" | "memory">,
    remote: Remote,
    began: number,
    progress: (progress: Progress) => void,
    bundled = false,
  ) {
    this.device = device;
    this.installer = installer;
    this.installed = installed;
    this.documents = store.documents;
    this.memory = store.memory;
    this.remote = remote;
    this.began = began;
    this.progress = progress;
    this.bundled = bundled;
  }

  /** Another run after this one, with all that this one has verified and kept. */
  again(): Attempt {
    const next = new Attempt(this.device, this.installer, this.installed, this, this.remote, this.began, this.progress, this.bundled);
    next.trail.push(...this.trail);
    return next;
  }

  /** The gate that is at work. */
  get gate(): number {
    return this.#gate;
  }

  /** Says which gate is at work; its verdicts go under its number. */
  enter(gate: number, name: string): void {
    this.#gate = gate;
    this.progress({ gate, name });
  }

  /** Keeps what a step said, whichever way it went. */
  note<T>(step: Step<T>): Outcome<T> {
    this.trail.push(...step.verdicts.map((verdict) => ({ gate: this.#gate, ...verdict })));
    const said = step.verdicts.some((verdict) => verdict.refusal !== undefined);
    if (!step.outcome.ok && !said) {
      const { expected, found, code, check = code } = step.outcome.refusal;
      this.trail.push({ gate: this.#gate, check, source: "", expected, found, refusal: step.outcome.refusal });
    }
    return step.outcome;
  }

  /** Ends the attempt at this gate, and says so in the trail. */
  refused(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } {
    this.note({ verdicts: [], outcome: { ok: false, refusal } });
    return { ok: false, refusal };
  }

  /**
   * Age is judged by the larger of system clock and witnessed time, so that setting the clock back makes nothing fresh. What a bundle carries is judged at the
   * time that its checkpoint brings with gate 2; how old the bundle itself may be, gate 7 asks.
   */
  get now(): number {
    return this.bundled ? this.memory.time * 1000 : this.latest;
  }

  /** The larger of system clock and witnessed time, Unix milliseconds. */
  get latest(): number {
    return Math.max(this.began, this.memory.time * 1000);
  }

  get nowSeconds(): number {
    return Math.floor(this.now / 1000);
  }

  get ledger(): LedgerTrust {
    return ledgerTrust(this.documents.root.signed);
  }

  get policy(): PolicyFile {
    return required(this.found.policy, "policy");
  }

  get judges(): readonly [Policy, ...Policy[]] {
    return required(this.found.judges, "policies that judge");
  }

  get checkpoint(): ClaimedCheckpoint {
    return required(this.found.checkpoint, "checkpoint");
  }

  get channel(): Envelope<Targets> {
    return required(this.found.channel, "channel");
  }

  get head(): Head {
    return required(this.found.head, "head");
  }

  get release(): Entry<Statement> {
    return required(this.found.choice?.release, "release");
  }

  get artifact(): Artifact {
    return required(
      this.release.body.artifacts.find((artifact) => artifact.platform === this.device.platform),
      "artifact for this platform",
    );
  }

  /** The rules of the device's channel; a policy without it is a refusal that gate 4 gives. */
  rulesUnder(policy: Policy): ChannelRules {
    return required(policy.channels[this.device.channel], "channel rules");
  }

  /** Starts to read what every attempt reads, in one round trip; where that is all that is new, it is also all that is read. */
  expectNews(): void {
    const root = `metadata/${this.documents.root.signed.version + 1}.root.json`;
    this.remote.expect([root, "metadata/timestamp.json", "revocations/latest"], defaultLimits.documentBytes, this.#seconds);
  }

  /** Reads a file of the repository, bounded in size and time. */
  readonly read: Read = (path, maxBytes) => this.remote.read(path, maxBytes, this.#seconds);

  /** Reads files of the log that stands below a prefix, each once in this attempt. */
  tilesBelow(prefix: string): ReadTile {
    return (name) => {
      const path = `${prefix}${name}`;
      const reading = this.#tiles.get(path) ?? this.read(path, TILE_WIDTH * HASH_BYTES).then((tile) => (tile.ok ? tile.value : undefined));
      this.#tiles.set(path, reading);
      return reading;
    };
  }

  get #seconds(): number {
    return documentSeconds(this.documents.policy?.policy);
  }
}

/** How long one document may take: what a policy allows is meant for artifacts, and many documents are read before one of those. */
export function documentSeconds(policy: Pick<Policy, "download"> | undefined): number {
  return Math.min(policy?.download.totalSeconds ?? Number.POSITIVE_INFINITY, defaultLimits.documentSeconds);
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`a gate was run before the one that finds the ${what}`);
  return value;
}

/** The channel's rules, or the refusal where the policy does not know the channel. */
export function rulesOf(policy: Policy, channel: string): Outcome<ChannelRules> {
  const rules = policy.channels[channel];
  return rules === undefined
    ? refuse("unknown-channel", Object.keys(policy.channels).join(" or "), channel, "Set the device to a channel that the policy knows.")
    : { ok: true, value: rules };
}
