// SPDX-License-Identifier: Apache-2.0
import { canonicalDigest } from "../canonical.ts";
import { array, closed, type Decoder, digest, literal, Malformed } from "../decode.ts";
import type { Digest } from "../digest.ts";
import { type Envelope, envelope } from "../envelope.ts";

/** What a person or an identity says about one release or order digest. The signature over this is the approval. */
export interface Approval {
  readonly _type: "approval";
  readonly spec: "countersign/1";
  readonly decision: "propose" | "approve";
  readonly subject: "release" | "order";
  readonly digest: Digest;
}

export const approval: Decoder<Approval> = closed<Approval>({
  _type: literal("approval"),
  spec: literal("countersign/1"),
  decision: literal("propose", "approve"),
  subject: literal("release", "order"),
  digest,
});

/** One voice: what names it has one key in it. */
const voice: Decoder<Envelope<Approval>> = (value, at) => {
  const read = envelope(approval)(value, at);
  if (read.signatures.length > 1) throw new Malformed(`${at}.signatures`, "at most one signature an approval", read.signatures.length);
  return read;
};

/** A proposal and its approvals, as they travel. */
export const approvals: Decoder<readonly Envelope<Approval>[]> = array(voice, 1, 64);

/**
 * What names an approval in a denial: its key and what was signed, without the signature. A second good signature over the same can be made by
 * whoever has the key, and of an ECDSA one by anybody; it is the same approval still.
 */
export function approvalName({ signatures: [signature], signed }: Pick<Envelope<Approval>, "signatures" | "signed">): Digest {
  return canonicalDigest({ keyid: signature?.keyid ?? "", signed });
}

/** What the release entry says of the approvals: the digest of their digests, in the order in which they travel. */
export function approvalsDigest(approvals: readonly Envelope<Approval>[]): Digest {
  return canonicalDigest(approvals.map((approval) => approval.digest));
}
