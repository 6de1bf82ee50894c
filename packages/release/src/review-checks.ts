// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import { approvalChecks, type EntrySubject } from "@countersign/trust/release/entry-checks";
import type { Entry } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import { type Denial, denialDigest } from "@countersign/trust/revocation/list";

/** A proposed release beside what is published. */
export interface SuccessionSubject {
  readonly candidate: Statement;
  /** The newest published release before it. */
  readonly previous: Entry<Statement> | undefined;
}

/** What is compared is what devices come from: a release that follows another one than the published would show another diff. */
export const successionChecks: readonly Check<SuccessionSubject>[] = [
  {
    name: "review/predecessor",
    source: "order is a number: the predecessor's plus one",
    examine: ({ candidate: { sequence, predecessor }, previous }) =>
      decide(
        predecessor === (previous?.digest ?? null) && sequence === (previous?.body.sequence ?? 0) + 1,
        previous === undefined ? "the first release" : `sequence ${previous.body.sequence + 1}, after ${previous.digest.slice(0, 12)}`,
        `sequence ${sequence}, after ${predecessor?.slice(0, 12) ?? "none"}`,
        "predecessor-not-published",
        "Wait until the release before it is published, or have it proposed again.",
      ),
  },
  {
    name: "review/epoch",
    source: "the rollback floor rises by one at most",
    examine: ({ candidate: { epoch }, previous }) => {
      const before = previous?.body.epoch ?? 0;
      return decide(
        epoch === before || epoch === before + 1,
        `epoch ${before} or ${before + 1}`,
        `epoch ${epoch}`,
        "epoch-out-of-step",
        "Have it proposed again with the same epoch, or with --epoch-up.",
      );
    },
  },
];

/** A proposed order beside what is published. */
export interface OrderSubject {
  readonly candidate: Order;
  readonly releases: readonly Entry<Statement>[];
  /** What revokers say against the release now. */
  readonly denials: readonly Denial[];
}

export const orderReviewChecks: readonly Check<OrderSubject>[] = [
  {
    name: "review/order-names",
    source: "an order is about releases that are published",
    examine: ({ candidate: { release, to }, releases }) => {
      const missing = [release, to].find((digest) => digest !== null && !releases.some((entry) => entry.digest === digest));
      return decide(
        missing === undefined,
        "published releases",
        missing === undefined ? "all published" : `${missing?.slice(0, 12)}, which is not`,
        "release-unknown",
        "See what is published with: countersign release status",
      );
    },
  },
  {
    name: "review/order-denials",
    source: "a lift answers what was said, and nothing that may be said later",
    examine: ({ candidate, denials }) => {
      const said = new Set(denials.map(denialDigest));
      const unsaid = candidate.denials.find((digest) => !said.has(digest));
      return decide(
        unsaid === undefined,
        "denials that stand now",
        unsaid === undefined ? "nothing else" : `${unsaid.slice(0, 12)}, which nobody made`,
        "denial-unknown",
        "Have the lift proposed again, from the lists as they are now.",
      );
    },
  },
];

/** Who asked for it, by signature and policy; how many approvers it takes is checked where they count. */
export const proposerChecks: readonly Check<EntrySubject>[] = approvalChecks.filter(({ name }) => name === "approvals/proposer");
