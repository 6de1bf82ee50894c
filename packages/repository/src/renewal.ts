// SPDX-License-Identifier: Apache-2.0
import type { TargetsDocument } from "@countersign/trust/anchor/targets";
import { type ChannelFile, type Delegator, standsUnder } from "./delegator.ts";
import { nextChannel } from "./next-channel.ts";

/** Why a channel file is signed again with nothing new in it: it grows old, or the owners changed who signs, and it does not stand under that. */
export type RenewalReason = "grows-old" | "signers-changed";

/** The channel file that says the same for longer: its version and its expiry, and nothing else, differ from the one before. */
export function renewedChannel(previous: TargetsDocument, expires: string): TargetsDocument {
  return nextChannel(previous, new Map(), expires);
}

/**
 * Why to renew a channel file now, if there is a reason; pure, so that whoever signs finds it by itself. A file grows old when what is asked for at least
 * doubles the time that it has left, so that no renewal ever calls for the next. `now` is Unix milliseconds.
 */
export function renewalReason(
  channel: string,
  current: ChannelFile,
  delegator: Pick<Delegator, "targets" | "policy">,
  expires: string,
  now: number,
): RenewalReason | undefined {
  if (!standsUnder(channel, current, delegator).ok) return "signers-changed";
  const left = Date.parse(current.signed.expires) - now;
  return Date.parse(expires) - now >= 2 * left ? "grows-old" : undefined;
}
