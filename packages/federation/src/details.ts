// SPDX-License-Identifier: Apache-2.0
import { closed, type Decoder, integer, literal, Malformed, matching, name } from "@countersign/trust/decode";

/** The duties that are done under a grant. */
export const grantedDuties = ["build", "propose", "sign", "publish"] as const;
export type GrantedDuty = (typeof grantedDuties)[number];

/** What a grant allows: one thing, some times (RFC 9396, `authorization_details`). */
export interface GrantDetails {
  readonly type: "countersign";
  /** The window that it lives and dies with. */
  readonly window: string;
  readonly duty: GrantedDuty;
  readonly channel: string;
  /** The source commit for `build`; the release or order digest for every other duty. */
  readonly digest: string;
  readonly uses: number;
}

/** Nobody needs a grant for more: an operation that is repeated more often is another one. */
export const mostUses = 16;

const shape: Decoder<GrantDetails> = closed<GrantDetails>({
  type: literal("countersign"),
  window: name,
  duty: literal(...grantedDuties),
  channel: name,
  digest: matching(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/, "a commit or a SHA-256 in lower-case hex"),
  uses: integer(1, mostUses),
});

/** Reads details; no wildcard fits any of them. A commit may be of SHA-1, a release or order digest may not. */
export const grantDetails: Decoder<GrantDetails> = (value, at) => {
  const read = shape(value, at);
  if (read.duty !== "build" && read.digest.length !== 64)
    throw new Malformed(`${at}.digest`, "a release or order digest (SHA-256)", read.digest);
  return read;
};
