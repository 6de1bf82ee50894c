// SPDX-License-Identifier: Apache-2.0
import type { RepositoryView } from "@countersign/repository/view";
import type { Judgement } from "@countersign/trust/check";
import type { Suspicion } from "../detector.ts";
import type { Observation, PublishedEntry } from "../observation.ts";

/** What a device's own check says of an entry; undefined where it does not apply. */
type Judge = (published: PublishedEntry, view: RepositoryView) => Judgement<unknown> | undefined;

/** One suspicion for each published entry that a device's check refuses. */
export function refusedBy(examine: Judge): (observation: Observation) => readonly Suspicion[] {
  return ({ repository }) => {
    if (repository.state !== "verified") return [];
    return repository.entries.flatMap((published) => {
      const judgement = examine(published, repository.view);
      if (judgement === undefined || judgement.outcome.ok) return [];
      const { refusal } = judgement.outcome;
      const { body, digest } = published.entry;
      const evidence = { channel: published.channel, kind: body._type, product: body.product, digest, refusal: { ...refusal } };
      return [{ about: [published.channel, digest, refusal.code], evidence }];
    });
  };
}
