// SPDX-License-Identifier: Apache-2.0
import type { SigningRequest } from "@countersign/repository/signing-request";
import type { RepositoryView } from "@countersign/repository/view";
import type { Checkpoint } from "@countersign/tlog/checkpoint";
import type { Attestation } from "@countersign/trust/build/checks";
import type { Digest } from "@countersign/trust/digest";
import type { ClaimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import type { ChannelRules } from "@countersign/trust/policy/policy";
import type { Entry, Head } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import type { Denial } from "@countersign/trust/revocation/list";
import type { Targets } from "@countersign/trust/tuf/targets";

/** A release or an order, as a request adds it. */
export type Added = Entry<Statement> | Entry<Order>;

/** A request under judgement, beside everything that the signer fetched and remembers by itself. */
export interface SigningSubject {
  readonly candidate: SigningRequest;
  readonly added: Added;
  /** The release that the request is about: the added one, or the one that an order leads to or lifts. */
  readonly release: Entry<Statement> | undefined;
  readonly view: RepositoryView;
  readonly rules: ChannelRules;
  /** The channel file that is published now. */
  readonly previous: Targets | undefined;
  /** The heads that are published now, by target path. */
  readonly published: ReadonlyMap<string, Head>;
  readonly log: LogSeen;
  /** Witnessed time, Unix seconds; never before one that a signature was given at. */
  readonly time: number;
  /** Those provenance files of `release` that could be had and read. */
  readonly attestations: readonly Attestation[];
  /** What the bytes under each artifact's digest hash to; undefined where there are none of that length. */
  readonly artifacts: readonly { readonly name: string; readonly expected: Digest; readonly found: Digest | undefined }[];
  readonly revocations: Revocations;
  readonly record: Recorded;
}

/** The log as it is shown now, against what it was when this signer last signed. */
export interface LogSeen {
  readonly newest: ClaimedCheckpoint;
  readonly remembered: Checkpoint | undefined;
  /** Proof that the newest tree extends the remembered one; empty where there is nothing to prove or no proof to be had. */
  readonly consistency: readonly Uint8Array[];
}

/** Every denial that this signer ever verified, and how recent each revoker's list is: Unix seconds of witnessed time. */
export interface Revocations {
  readonly denials: readonly Denial[];
  readonly listTimes: Readonly<Record<string, number>>;
}

/** What this signer has signed before. */
export interface Recorded {
  /** Digest of what it signed under the same number: a release's sequence or an order's number. */
  readonly sameNumber: string | undefined;
  /** The highest version of the channel file. */
  readonly version: number;
  /** Signatures of the last hour of witnessed time. */
  readonly lastHour: number;
  readonly perHour: number;
}
