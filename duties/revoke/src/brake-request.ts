// SPDX-License-Identifier: Apache-2.0
import { closed, type Decoder, digest, integer, literal, matching, name, text } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import { type Statement, statement } from "@countersign/trust/release/statement";

/** An observer's signed wish that one release be held for a while, by the one revoker that it names. */
export interface BrakeRequest {
  readonly _type: "brake-request";
  readonly spec: "countersign/1";
  readonly revoker: string;
  /** Who asks, by its name in the policy's `brakes`. */
  readonly asker: string;
  readonly release: Statement;
  /** The digest of the release's approvals, as its entry names it, and the proof of that entry: what is not public needs no brake. */
  readonly approvals: Digest;
  readonly proof: string;
  /** How unusual the release is. */
  readonly bits: number;
  /** For how long it is to be held. */
  readonly seconds: number;
  readonly reason: string;
}

export const brakeRequest: Decoder<BrakeRequest> = closed<BrakeRequest>({
  _type: literal("brake-request"),
  spec: literal("countersign/1"),
  revoker: name,
  asker: name,
  release: statement,
  approvals: digest,
  proof: text,
  bits: integer(0, 4096),
  seconds: integer(1),
  reason: matching(/^[\s\S]{0,500}$/, "at most 500 characters"),
});
