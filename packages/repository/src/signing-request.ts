// SPDX-License-Identifier: Apache-2.0
import { type TargetsDocument, targetsDocument } from "@countersign/trust/anchor/targets";
import { array, type Decoder, digest, name, nullable, open, record, text } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import type { Signature } from "@countersign/trust/envelope";
import { type Head, head } from "@countersign/trust/release/head";
import { narrows } from "@countersign/trust/release/order";
import { path } from "@countersign/trust/tuf/meta";

/** What govern asks signers to sign, and publish to publish. Both recompute or verify all of it: nothing here is taken on its word. */
export interface SigningRequest {
  /** Digest of the canonical form of `channelFile`. */
  readonly id: Digest;
  readonly channel: string;
  readonly channelFile: TargetsDocument;
  /** The heads that change, by target path. */
  readonly heads: Readonly<Record<string, Head>>;
  /** Digest of the one release or order that is new in these heads; null where the channel file is renewed and nothing is. */
  readonly added: Digest | null;
  readonly signatures: readonly Signature[];
}

const signingRequest: Decoder<SigningRequest> = open<SigningRequest>({
  id: digest,
  channel: name,
  channelFile: targetsDocument,
  heads: record(path, head),
  added: nullable(digest),
  signatures: array(open<Signature>({ keyid: text, sig: text }), 0, 64),
});

/** Whether a request starts something: it is no renewal, and what it adds no order that only narrows. */
export function starts({ added, heads }: Pick<SigningRequest, "added" | "heads">): boolean {
  const order = Object.values(heads)
    .flatMap(({ orders }) => orders)
    .find(({ digest }) => digest === added);
  return added !== null && (order === undefined || !narrows(order.body));
}

/** The answer of `GET /requests`. */
export const signingRequests: Decoder<{ readonly requests: readonly SigningRequest[] }> = open({
  requests: array(signingRequest, 0, 1000),
});
