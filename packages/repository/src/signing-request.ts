// SPDX-License-Identifier: Apache-2.0
import { array, type Decoder, digest, name, open, record, text } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import type { Signature } from "@countersign/trust/envelope";
import { type Head, head } from "@countersign/trust/release/head";
import { path } from "@countersign/trust/tuf/meta";
import { type Targets, targets } from "@countersign/trust/tuf/targets";

/** What govern asks signers to sign, and publish to publish. Both recompute or verify all of it: nothing here is taken on its word. */
export interface SigningRequest {
  /** Digest of the canonical form of `channelFile`. */
  readonly id: Digest;
  readonly channel: string;
  readonly channelFile: Targets;
  /** The heads that change, by target path. */
  readonly heads: Readonly<Record<string, Head>>;
  /** Digest of the one release or order that is new in these heads. */
  readonly added: Digest;
  readonly signatures: readonly Signature[];
}

const signingRequest: Decoder<SigningRequest> = open<SigningRequest>({
  id: digest,
  channel: name,
  channelFile: targets,
  heads: record(path, head),
  added: digest,
  signatures: array(open<Signature>({ keyid: text, sig: text }), 0, 64),
});

/** The answer of `GET /requests`. */
export const signingRequests: Decoder<{ readonly requests: readonly SigningRequest[] }> = open({
  requests: array(signingRequest, 0, 1000),
});
