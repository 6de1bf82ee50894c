// SPDX-License-Identifier: Apache-2.0
import type { Growth } from "@countersign/repository/diff/growth";
import type { RepositoryView } from "@countersign/repository/view";
import type { Entry as LedgerEntry } from "@countersign/tlog/entry";
import type { Attestation } from "@countersign/trust/build/attestation";
import type { ClaimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import type { ChannelRules } from "@countersign/trust/policy/policy";
import type { Outcome, Refusal } from "@countersign/trust/refusal";
import { approvalsDigest } from "@countersign/trust/release/approval";
import type { Entry } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import type { Intent } from "./intent.ts";
import type { MirrorReading } from "./mirrors.ts";
import type { Rebuild } from "./rebuilds.ts";
import type { Silence } from "./silences.ts";

/** A release or an order that a channel offers, and what a device would have to judge it by. */
export interface PublishedEntry {
  readonly channel: string;
  readonly rules: ChannelRules;
  readonly entry: Entry<Statement> | Entry<Order>;
  /** Of a release: its provenance files, or why they cannot be had. */
  readonly attestations: Outcome<readonly Attestation[]> | undefined;
}

/** The repository as one look found it. `unpublished`: there is no timestamp, and there never was one. */
export type RepositoryReading =
  | { readonly state: "verified"; readonly view: RepositoryView; readonly entries: readonly PublishedEntry[] }
  | { readonly state: "refused"; readonly refusal: Refusal }
  | { readonly state: "unpublished" };

/** An entry of the ledger in its place. */
export interface LoggedEntry {
  readonly index: number;
  readonly entry: LedgerEntry;
}

/** How far the ledger was read and verified; every leaf before it is known. */
export interface Cursor {
  readonly size: number;
  readonly root: Uint8Array;
  /** The cosigned checkpoint that says so; empty before the first. */
  readonly note: string;
}

/**
 * The ledger as one look found it. `read`: the entries after the cursor hash to the root that the checkpoint signs. `contradicted`: they
 * do not, or it shrank. `refused`: something that should be there cannot be had or is not signed. `absent`: no checkpoint was ever served.
 */
export type LedgerReading =
  | {
      readonly state: "read";
      readonly checkpoint: ClaimedCheckpoint;
      readonly entries: readonly LoggedEntry[];
      /** Places of leaves that are no entries of ours. */
      readonly foreign: readonly number[];
    }
  | {
      readonly state: "contradicted";
      readonly note: string;
      readonly size: number;
      /** What the larger tree begins with (`prefixProof`), where its tiles are served. */
      readonly prefix: readonly Uint8Array[];
    }
  | { readonly state: "refused"; readonly refusal: Refusal }
  | { readonly state: "absent" };

/** A release or order entry of the ledger that no head was ever seen to carry. */
export interface UnpublishedEntry extends LoggedEntry {
  /** When it was read, witnessed time in Unix seconds. */
  readonly since: number;
}

/** The version of each document, by name. */
export type Versions = Readonly<Record<string, number>>;

/** One look at the path. Everything that a detector may look at. */
export interface Observation {
  readonly repository: RepositoryReading;
  readonly ledger: LedgerReading;
  /** Witnessed time of the newest checkpoint read, Unix seconds; 0 where none was. */
  readonly time: number;
  /** How far the ledger had been read before this look. */
  readonly cursor: Cursor;
  /** The highest versions seen before this look. */
  readonly versions: Versions;
  /** What was said beforehand of what would be released; undefined where the repository or the ledger could not be read. */
  readonly intent: Intent | undefined;
  /** What other servers of the same repository show. */
  readonly mirrors: readonly MirrorReading[];
  /** What trusted builders made of each commit. */
  readonly rebuilds: readonly Rebuild[];
  /** The observer's own clock, Unix milliseconds: for expiry, and for nothing else. */
  readonly now: number;
  /** How long nothing new may be seen. */
  readonly silenceSeconds: number;
  /** What root, targets and policy let somebody do that those of the look before did not. */
  readonly growths: readonly Growth[];
  /** True of an entry that stands in the ledger, as far as it was ever read. */
  readonly isLogged: (entry: LedgerEntry) => boolean;
  readonly unpublished: readonly UnpublishedEntry[];
  /** Monitors of the policy, but for itself, that are not heard, or say that they are blind. */
  readonly silences: readonly Silence[];
  /** How long after its soak an entry may go unpublished. */
  readonly graceSeconds: number;
}

/** The versions of what a view shows. */
export function versionsOf({ root, timestamp, snapshot }: RepositoryView): Versions {
  const listed = Object.entries(snapshot.signed.meta).map(([file, { version }]) => [file, version] as const);
  const top = { "root.json": root.signed.version, "timestamp.json": timestamp.signed.version, "snapshot.json": snapshot.signed.version };
  return { ...Object.fromEntries(listed), ...top };
}

/** What the ledger says of a release or an order. */
export function ledgerEntryOf({ body, digest, approvals }: PublishedEntry["entry"]): LedgerEntry {
  return { type: body._type, digest, approvals: approvalsDigest(approvals) };
}
