// SPDX-License-Identifier: Apache-2.0

/** Every size, count and depth that a verifier puts up with. Bytes unless the name says otherwise. */
export interface Limits {
  /** One metadata document: root, timestamp, snapshot, targets, channel, policy, head, provenance, revocations. */
  readonly documentBytes: number;
  readonly jsonDepth: number;
  readonly signatures: number;
  /** Root files walked in one check; a chain longer than that goes on at the next check (TUF 5.3.3). */
  readonly rootRotations: number;
  /** A version further ahead than this is a fast-forward, not a release. */
  readonly versionMaximum: number;
  readonly unpackedFiles: number;
  readonly pathLength: number;
  readonly pathDepth: number;
}

export const defaultLimits: Limits = {
  documentBytes: 4 * 1024 * 1024,
  jsonDepth: 32,
  signatures: 64,
  rootRotations: 256,
  versionMaximum: Number.MAX_SAFE_INTEGER,
  unpackedFiles: 100_000,
  pathLength: 1024,
  pathDepth: 64,
};
