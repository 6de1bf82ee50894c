// SPDX-License-Identifier: Apache-2.0
import { type ChannelFile, type Delegator, standsUnder } from "@countersign/repository/delegator";
import type { SigningRequest } from "@countersign/repository/signing-request";
import type { Published } from "./published.ts";

/** A channel file that its quorum signed, in the store and in the ledger, and in no snapshot yet. */
export interface Ready {
  readonly request: SigningRequest;
  readonly file: ChannelFile;
  /** Its place in the ledger, which the timestamp's checkpoint is to cover. */
  readonly entry: number;
}

/** What the next snapshot lists. */
export interface Listing {
  readonly delegator: Delegator;
  readonly ready: readonly Ready[];
  /** Channels whose files do not stand under newer targets: these are not listed before every one of them is signed anew. */
  readonly waitsFor: readonly string[];
}

/**
 * The newest targets under which every listed channel file stands, beside the channel files that are ready and stand there. Targets under which one does not
 * would lead every device to a file that it must refuse; so they wait for their signers, and a file that stands under them alone waits with them.
 */
export function listingOf(
  { newest, issued }: { readonly newest: Delegator; readonly issued: Published["issued"] },
  ready: readonly Ready[],
): Listing {
  const whole = listingUnder(newest, issued?.channels, ready);
  if (issued === undefined || whole.waitsFor.length === 0) return whole;
  return { ...listingUnder(issued, issued.channels, ready), waitsFor: whole.waitsFor };
}

function listingUnder(delegator: Delegator, listed: ReadonlyMap<string, ChannelFile> = new Map(), ready: readonly Ready[]): Listing {
  const fit = ready.filter(({ request, file }) => standsUnder(request.channel, file, delegator).ok);
  const waitsFor = [...listed]
    .filter(([channel]) => delegator.policy.channels[channel] !== undefined) // a channel that is given up is read by nobody
    .filter(([channel, file]) => !fit.some(({ request }) => request.channel === channel) && !standsUnder(channel, file, delegator).ok)
    .map(([channel]) => channel);
  return { delegator, ready: fit, waitsFor };
}
