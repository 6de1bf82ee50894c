// SPDX-License-Identifier: Apache-2.0
import { canonicalDigest } from "../canonical.ts";
import { array, boolean, closed, type Decoder, digest, distinct, integer, literal, Malformed, name, nullable, text } from "../decode.ts";
import type { Digest } from "../digest.ts";

/** The bytes of a release for one platform: a zstd-compressed tar, found at `artifacts/<sha256>`. */
export interface Artifact {
  readonly platform: string;
  readonly name: string;
  readonly length: number;
  readonly sha256: Digest;
  /** Bytes and files when unpacked: a bound that a device enforces while it unpacks. */
  readonly unpacked: number;
  readonly files: number;
}

/** How a device tells whether the new version is well. Local only, so that a backend's bad day rolls nobody back. */
export interface Health {
  /** Program inside the release, and its arguments. No shell. */
  readonly command: readonly string[];
  /** What its output must contain; null where exit 0 is enough. */
  readonly expect: string | null;
  readonly timeoutSeconds: number;
  readonly attempts: number;
}

/** The release, as everybody names it: its canonical form's SHA-256 is the release digest. */
export interface Statement {
  readonly _type: "release";
  readonly spec: "countersign/1";
  readonly product: string;
  readonly version: string;
  readonly channel: string;
  /** The predecessor's plus one. Devices compare this, never `version`. */
  readonly sequence: number;
  readonly predecessor: Digest | null;
  /** The rollback floor after this release is confirmed: the predecessor's, or one more. */
  readonly epoch: number;
  readonly urgent: boolean;
  /** The earliest sequence to come from, which is a predecessor's; 0 for any. A device that is further back goes over a release between. */
  readonly minimumSequence: number;
  readonly artifacts: readonly Artifact[];
  /** Digests of the provenance envelopes, at `provenance/<sha256>`. */
  readonly provenance: readonly Digest[];
  readonly privileges: readonly string[];
  readonly health: Health;
  /** Devices take it over this many seconds after the soak, each at a point that it computes itself; 0 for all at once. */
  readonly rollout: { readonly overSeconds: number };
}

const artifact: Decoder<Artifact> = closed<Artifact>({
  platform: name,
  name,
  length: integer(1),
  sha256: digest,
  unpacked: integer(0),
  files: integer(1),
});

/** One artifact a platform: which of two a device takes would depend on who reads. */
const artifacts: Decoder<readonly Artifact[]> = (value, at) => {
  const read = array(artifact, 1, 64)(value, at);
  if (new Set(read.map(({ platform }) => platform)).size !== read.length) throw new Malformed(at, "one artifact a platform", value);
  return read;
};

const fields: Decoder<Statement> = closed<Statement>({
  _type: literal("release"),
  spec: literal("countersign/1"),
  product: name,
  version: name,
  channel: name,
  sequence: integer(1),
  predecessor: nullable(digest),
  epoch: integer(0),
  urgent: boolean,
  minimumSequence: integer(0),
  artifacts,
  provenance: distinct(digest, 1),
  privileges: distinct(name),
  health: closed<Health>({
    command: array(text, 1, 64),
    expect: nullable(text),
    timeoutSeconds: integer(1, 3600),
    attempts: integer(1, 10),
  }),
  rollout: closed({ overSeconds: integer(0) }),
});

/** Reads a statement. One that asks for a predecessor which does not come before it could be installed by nobody, and is refused. */
export const statement: Decoder<Statement> = (value, at) => {
  const read = fields(value, at);
  if (read.minimumSequence >= read.sequence) throw new Malformed(at, `a minimumSequence below ${read.sequence}`, read.minimumSequence);
  return read;
};

export function releaseDigest(statement: Statement): Digest {
  return canonicalDigest(statement);
}
