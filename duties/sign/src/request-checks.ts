// SPDX-License-Identifier: Apache-2.0
import { headPath, nextChannel } from "@countersign/repository/next-channel";
import { nextHead } from "@countersign/repository/next-head";
import { renewalReason } from "@countersign/repository/renewal";
import { canonicalDigest } from "@countersign/trust/canonical";
import { type Check, decide } from "@countersign/trust/check";
import { type Head, headDocument } from "@countersign/trust/release/head";
import type { RenewalSubject, RequestSubject, SigningSubject } from "./subject.ts";

/** A channel file that outlives this is no longer vouched for by those who signed it. */
const LONGEST_DAYS = 400;
const DAY = 86_400_000;

/** The heads must be what the signer computes by itself from what is published and one entry. */
export const headsCheck: Check<SigningSubject> = {
  name: "request/heads",
  source: "a request adds one release or order, to every platform that it is for, and changes nothing else",
  examine: (subject) => {
    const wanted = headsWith(subject);
    const asked = new Map(Object.entries(subject.candidate.heads));
    const differs = [...new Set([...wanted.keys(), ...asked.keys()])].find(
      (path) => digestOf(wanted.get(path)) !== digestOf(asked.get(path)),
    );
    return decide(
      differs === undefined,
      `the published heads and ${subject.added.digest.slice(0, 12)}, in ${[...wanted.keys()].join(", ")}`,
      differs === undefined ? "exactly that" : `another ${differs}`,
      "heads-differ",
      "Compute the heads again from what is published now; if they still differ, find out who changed them.",
    );
  },
};

/** Nothing is signed again without a reason, which the signer finds by itself; nor with anything new in it. */
export const renewalCheck: Check<RenewalSubject> = {
  name: "request/renewal",
  source: "a channel file is renewed when half of its time is over, or when who signs it has changed",
  examine: ({ candidate: { channel, channelFile, heads }, current, delegator, time }) => {
    const reason = renewalReason(channel, current, delegator, channelFile.expires, time * 1000);
    const added = Object.keys(heads);
    return decide(
      reason !== undefined && added.length === 0,
      `no new heads, and at least twice the time until ${current.signed.expires}, or other signers`,
      `${added.join(", ") || "no new heads"}, ${reason ?? `until ${channelFile.expires}`}`,
      "renewal-not-due",
      "Wait until half of its time is over; a release renews it, too.",
    );
  },
};

/** The channel file must be what the signer computes by itself from the one before and the heads, for a time that somebody can vouch for. */
export const fileChecks: readonly Check<RequestSubject>[] = [
  {
    name: "request/channel-file",
    source: "the channel file is a pure function of the one before, the heads and the asked expiry",
    examine: ({ candidate: { id, channelFile, heads }, previous }) => {
      const wanted = canonicalDigest(nextChannel(previous, new Map(Object.entries(heads)), channelFile.expires));
      const asked = canonicalDigest(channelFile);
      return decide(
        wanted === asked && asked === id,
        `version ${(previous?.version ?? 0) + 1}, digest ${wanted.slice(0, 12)}`,
        `version ${channelFile.version}, digest ${asked.slice(0, 12)}`,
        "channel-file-differs",
        "Compute the channel file again from what is published now; if it still differs, find out who changed it.",
      );
    },
  },
  {
    name: "request/expiry",
    source: "nobody vouches for ever",
    examine: ({ candidate: { channelFile }, time }) => {
      const expires = Date.parse(channelFile.expires);
      return decide(
        expires > time * 1000 && expires <= time * 1000 + LONGEST_DAYS * DAY,
        `an expiry within ${LONGEST_DAYS} days of ${new Date(time * 1000).toISOString()}`,
        channelFile.expires,
        "expiry-unreasonable",
        "Ask for an expiry within these days.",
      );
    },
  },
];

/** The heads that change, as the signer computes them: a release goes where it has bytes for, an order to all platforms of its product. */
function headsWith({ added, candidate: { channel }, published }: SigningSubject): ReadonlyMap<string, Head> {
  const { product } = added.body;
  const existing = [...published.values()].filter((head) => head.product === product);
  const platforms = (added.body._type === "release" ? added.body.artifacts : existing).map(({ platform }) => platform);
  const places = [...new Set(platforms)].map((platform) => ({ channel, product, platform }));
  return new Map(places.map((place) => [headPath(place), nextHead(published.get(headPath(place)), place, added)]));
}

function digestOf(head: Head | undefined): string {
  return head === undefined ? "none" : canonicalDigest(headDocument(head));
}
