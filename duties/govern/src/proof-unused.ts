// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";

/** What came with a proof of possession. */
export interface ProvenSubject {
  /** The grant that the proof came with before. */
  readonly proven: string | undefined;
}

/** Each proof is for one request, where a grant is issued and where it is used. */
export function proofUnused(name: string): Check<ProvenSubject> {
  return {
    name,
    source: "RFC 9449, 11.1",
    examine: ({ proven }) =>
      decide(
        proven === undefined,
        "a proof that never came before",
        proven === undefined ? "a new one" : `it came with the grant ${proven}`,
        "proof-replayed",
        "Make a proof for each request.",
      ),
  };
}
