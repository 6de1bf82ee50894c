// SPDX-License-Identifier: Apache-2.0

/**
 * Every size, count, depth and time that a verifier puts up with, here and in the updater's fetching. Sizes are bytes, times are seconds.
 * An honest repository stays far below all of them; raise one knowingly, for one repository, by spreading `defaultLimits`.
 */
export interface Limits {
  /** One document of our own: policy, head, provenance, revocations, channel; and any document without a limit of its own. */
  readonly documentBytes: number;
  /** One root (TUF 5.3.3 leaves the figure to the client). */
  readonly rootBytes: number;
  /** One timestamp (TUF 5.4.1), the checkpoint in it included. */
  readonly timestampBytes: number;
  /** One snapshot (TUF 5.5.1), also where timestamp states a greater length: the key that states it is online. */
  readonly snapshotBytes: number;
  /** One targets document (TUF 5.6.1), top-level or delegated, also where snapshot states a greater length. */
  readonly targetsBytes: number;
  /** One sidecar: as many signatures as there may be, of the longest kind, fill nine tenths of it. */
  readonly sidecarBytes: number;
  /** How many values lie one in another, below the outermost. */
  readonly jsonDepth: number;
  /** Signatures on one document: each is looked at, and verifying is what costs. */
  readonly signatures: number;
  /** The assertion of a passkey, as a signature: a browser writes some 300 of them, and what it adds to them is its own. */
  readonly assertionBytes: number;
  /** Keys in one root or in one document's delegations. */
  readonly keys: number;
  /** Roles that one targets document names in its delegations. Hash bins need no names (TAP 15). */
  readonly delegatedRoles: number;
  /** UTF-16 units of all path patterns that one targets document delegates by: each is tried on a path, and the worst take a microsecond a unit. */
  readonly patternsLength: number;
  /** Root files walked in one check; a chain longer than that goes on at the next check (TUF 5.3.3). */
  readonly rootRotations: number;
  /** Delegated documents fetched in one search for a target (TUF 5.6.7.1). */
  readonly delegationsVisited: number;
  /** Delegations followed one below another, counted from the top-level targets. */
  readonly delegationDepth: number;
  /** UTF-16 units of a target path or role name. */
  readonly pathLength: number;
  /** Segments of a path inside an artifact. */
  readonly pathDepth: number;
  /** Until the headers of an answer have come. */
  readonly connectSeconds: number;
  /** Between two pieces of a body. */
  readonly idleSeconds: number;
  /** One document, whole. */
  readonly documentSeconds: number;
  /** One target, whole. */
  readonly targetSeconds: number;
  /** Of a body, on average. */
  readonly minimumBytesPerSecond: number;
  readonly redirects: number;
}

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

export const defaultLimits: Limits = {
  documentBytes: 4 * mebibyte,
  rootBytes: 512 * kibibyte,
  timestampBytes: 64 * kibibyte,
  snapshotBytes: 8 * mebibyte,
  targetsBytes: 32 * mebibyte,
  sidecarBytes: 640 * kibibyte,
  jsonDepth: 32,
  signatures: 64,
  assertionBytes: 2 * kibibyte,
  keys: 1024,
  delegatedRoles: 10_000,
  patternsLength: 1024 * 1024,
  rootRotations: 256,
  delegationsVisited: 32,
  delegationDepth: 16,
  pathLength: 1024,
  pathDepth: 64,
  connectSeconds: 15,
  idleSeconds: 30,
  documentSeconds: 120,
  targetSeconds: 6 * 60 * 60,
  minimumBytesPerSecond: 1024,
  redirects: 3,
};

/** The limits that hold while one document is read. A role with a size of its own: `{ ...limits, documentBytes: limits.rootBytes }`. */
export type DocumentLimits = Pick<Limits, "documentBytes" | "jsonDepth" | "signatures">;
