// SPDX-License-Identifier: Apache-2.0
import { type Decoder, decodeBytes } from "@countersign/trust/decode";
import { type Digest, sha256 } from "@countersign/trust/digest";
import { order as orderDecoder, orderDigest } from "@countersign/trust/release/order";
import { releaseDigest, statement as statementDecoder } from "@countersign/trust/release/statement";
import { naiveCanonical, naiveParse } from "../oracle.ts";
import { promised, type Target } from "../target.ts";

/** A document that is named by its digest: nothing that the reader leaves out or adds may change what it is called. */
function named<T>(name: string, decoder: Decoder<T>, digestOf: (document: T) => Digest): Target {
  return {
    name,
    corpus: [name],
    form: "json",
    turn: 2000,
    prepare: () => (input) => {
      const read = decodeBytes(decoder, input, name);
      if (!read.ok) return read;
      const other = sha256(Buffer.from(naiveCanonical(naiveParse(Buffer.from(input).toString()))));
      promised(digestOf(read.value) === other, "two readers call it by different digests");
      return read;
    },
  };
}

/** Release statements. */
export const statement: Target = named("statement", statementDecoder, releaseDigest);

/** Orders. */
export const order: Target = named("order", orderDecoder, orderDigest);
