// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import type { Entry, Head } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import { denialDigest } from "@countersign/trust/revocation/list";
import type { SigningSubject } from "./subject.ts";

/** What is added follows what is published, number by number, in the channel that it was approved for. */
export const successionChecks: readonly Check<SigningSubject>[] = [
  {
    name: "succession/channel",
    source: "what was approved for one channel is not signed for another",
    examine: ({ added: { body }, candidate: { channel } }) =>
      decide(body.channel === channel, channel, body.channel, "wrong-channel", "Have it approved for this channel."),
  },
  {
    name: "succession/number",
    source: "order is a number: the predecessor's plus one",
    examine: (subject) => {
      const { body } = subject.added;
      const last = lastRelease(subject);
      const wanted = body._type === "release" ? (last?.body.sequence ?? 0) + 1 : lastOrder(subject) + 1;
      const given = body._type === "release" ? body.sequence : body.number;
      const follows = body._type === "order" || body.predecessor === (last?.digest ?? null);
      return decide(
        given === wanted && follows,
        body._type === "release" ? `sequence ${wanted}, after ${last?.digest.slice(0, 12) ?? "none"}` : `order ${wanted}`,
        body._type === "release" ? `sequence ${given}, after ${body.predecessor?.slice(0, 12) ?? "none"}` : `order ${given}`,
        "succession-broken",
        "Propose it again, after what is published now.",
      );
    },
  },
  {
    name: "succession/epoch",
    source: "the rollback floor rises by one at most",
    examine: (subject) => {
      const { body } = subject.added;
      const before = lastRelease(subject)?.body.epoch ?? 0;
      const given = body._type === "release" ? body.epoch : before;
      return decide(
        given === before || given === before + 1,
        `epoch ${before} or ${before + 1}`,
        `epoch ${given}`,
        "epoch-out-of-step",
        "Propose it again with the epoch of the release before, or one more.",
      );
    },
  },
  {
    name: "succession/names",
    source: "an order names releases that are published, and leads nowhere but to one of them",
    examine: (subject) => {
      const { body } = subject.added;
      if (body._type === "release") return { ok: true, value: { expected: "nothing but itself", found: "a release" } };
      const stranded = headsOf(subject).find(({ releases }) => {
        const has = (digest: string | null) => digest === null || releases.some((release) => release.digest === digest);
        return has(body.release) && !has(body.to);
      });
      const known = headsOf(subject).some(({ releases }) => releases.some(({ digest }) => digest === body.release));
      return decide(
        known && stranded === undefined,
        `${body.release.slice(0, 12)} published, and ${body.to?.slice(0, 12) ?? "nothing else"} wherever it is`,
        stranded !== undefined ? `nothing to go back to on ${stranded.platform}` : known ? "published" : "not published",
        "order-names-unpublished",
        "Name releases that the channel still carries on every platform.",
      );
    },
  },
  {
    name: "succession/denials",
    source: "a lift answers what was said, and nothing that may be said later",
    examine: ({ added: { body }, revocations }) => {
      const said = new Set(revocations.denials.map(denialDigest));
      const unsaid = body._type === "order" ? body.denials.find((digest) => !said.has(digest)) : undefined;
      return decide(
        unsaid === undefined,
        "denials that a revoker's list has",
        unsaid === undefined ? "nothing else" : `${unsaid.slice(0, 12)}, which nobody made`,
        "denial-unknown",
        "Propose the lift again, from the lists as they are now.",
      );
    },
  },
];

function headsOf({ published, added }: SigningSubject): readonly Head[] {
  return [...published.values()].filter(({ product }) => product === added.body.product);
}

function lastRelease(subject: SigningSubject): Entry<Statement> | undefined {
  return headsOf(subject)
    .flatMap(({ releases }) => releases)
    .reduce<Entry<Statement> | undefined>((last, next) => (next.body.sequence > (last?.body.sequence ?? 0) ? next : last), undefined);
}

function lastOrder(subject: SigningSubject): number {
  return Math.max(0, ...headsOf(subject).flatMap(({ orders }) => orders.map(({ body }) => body.number)));
}
