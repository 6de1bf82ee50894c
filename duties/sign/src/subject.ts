// SPDX-License-Identifier: Apache-2.0
import type { Delegator } from "@countersign/repository/delegator";
import type { SigningRequest } from "@countersign/repository/signing-request";
import type { RepositoryView } from "@countersign/repository/view";
import type { Checkpoint } from "@countersign/tlog/checkpoint";
import type { TargetsDocument } from "@countersign/trust/anchor/targets";
import type { Attestation } from "@countersign/trust/build/attestation";
import type { Digest } from "@countersign/trust/digest";
import type { Envelope } from "@countersign/trust/envelope";
import type { ClaimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import type { ChannelRules } from "@countersign/trust/policy/policy";
import type { ReadThrough } from "@countersign/trust/readthrough/read-through";
import type { Entry, Head } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import type { KnownList, ServedList } from "@countersign/trust/revocation/checks";
import type { Denial } from "@countersign/trust/revocation/list";
import type { RememberedUse } from "./record.ts";

/** A release or an order, as a request adds it. */
export type Added = Entry<Statement> | Entry<Order>;

/** A request under judgement, beside what the signer looks at by itself whatever is asked. */
export interface RequestSubject {
  readonly candidate: SigningRequest;
  readonly view: RepositoryView;
  /** The newest targets that their quorum signed: whose signatures count for the channel from now on. */
  readonly delegator: Delegator;
  readonly rules: ChannelRules;
  /** The channel file that is published now. */
  readonly previous: TargetsDocument | undefined;
  readonly log: LogSeen;
  /** Witnessed time, Unix seconds; never before one that a signature was given at. */
  readonly time: number;
  readonly record: Recorded;
}

/** A request to sign the published channel file again, with nothing new in it. */
export interface RenewalSubject extends RequestSubject {
  readonly current: Envelope<TargetsDocument>;
}

/** A request that adds a release or an order, beside everything that the signer fetched and remembers of that. */
export interface SigningSubject extends RequestSubject {
  readonly added: Added;
  /** The release that the request is about: the added one, or the one that an order leads to or lifts. */
  readonly release: Entry<Statement> | undefined;
  /** The heads that are published now, by target path. */
  readonly published: ReadonlyMap<string, Head>;
  /** Those provenance files of `release` that could be had and read. */
  readonly attestations: readonly Attestation[];
  /** What the bytes under each artifact's digest hash to; undefined where there are none of that length. */
  readonly artifacts: readonly { readonly name: string; readonly expected: Digest; readonly found: Digest | undefined }[];
  readonly revocations: Revocations;
  /** How far the monitors of the policy have read, where the channel asks for it. */
  readonly readThroughs: readonly ReadThrough[];
}

/** The log as it is shown now, against what it was when this signer last signed. */
export interface LogSeen {
  readonly newest: ClaimedCheckpoint;
  readonly remembered: Checkpoint | undefined;
  /** Proof that the newest tree extends the remembered one; empty where there is nothing to prove or no proof to be had. */
  readonly consistency: readonly Uint8Array[];
}

/** Every denial that this signer ever verified, and each revoker's newest list, by its key. */
export interface Revocations {
  readonly denials: readonly Denial[];
  readonly lists: Readonly<Record<string, KnownList & ServedList>>;
}

/** What this signer has signed before. */
export interface Recorded {
  /** Digest of what it signed under the same number: a release's sequence or an order's number; a renewal has none. */
  readonly sameNumber: string | undefined;
  /** How the passkeys that approve it were used in what was signed before. */
  readonly passkeys: readonly RememberedUse[];
  /** The highest version of the channel file. */
  readonly version: number;
  /** Signatures of the last hour of witnessed time. */
  readonly lastHour: number;
  readonly perHour: number;
}
