// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Database } from "../database.ts";
import type { GovernChecks } from "../govern-checks.ts";
import type { Published } from "../published.ts";
import type { Turn } from "../turn.ts";
import { noticePolicy, registerOf } from "./books.ts";
import type { Part } from "./part.ts";

/** Somebody is about to have a part in a release or an order. */
export interface Intent {
  readonly candidate: Part;
  /** Of the release or order. */
  readonly digest: Digest;
  /** Parts that are not in the books: see `outsideParts`. */
  readonly others?: readonly Part[];
  /** Whether it only narrows: halting takes one person, who may ask for it and approve it. */
  readonly halts?: boolean;
}

/**
 * Whether somebody may have this part in a release, by everybody who is behind it and had another: asked when a grant is issued, and again at the act. Refuses with
 * `duties-meet`. A turn is needed, since a policy that was not seen before is put into the books first.
 */
export async function mayTakePart(
  turn: Turn,
  { candidate, digest, others = [], halts = false }: Intent,
  published: Published,
  checks: Pick<GovernChecks, "apart">,
): Promise<Outcome<unknown>> {
  await noticePolicy(turn, published, candidate.at);
  const { policy } = published;
  const parts = [...others, ...(await partsIn(turn, digest))].filter(({ power }) => !halts || (power !== "propose" && power !== "approve"));
  const { outcome } = judge({ candidate, parts, register: await registerOf(turn, policy), separation: policy.separation }, checks.apart);
  return outcome.ok ? accept(undefined) : outcome;
}

/** Who proposed, approved and signed a release or an order, by the acts. */
export async function partsIn(database: Database, digest: Digest): Promise<readonly Part[]> {
  const powers = { "proposal.proposed": "propose", "approval.given": "approve" } as const;
  const said = await database
    .selectFrom("acts")
    .select(["who", "act", "time"])
    .where("subject", "=", digest)
    .where("act", "in", ["proposal.proposed", "approval.given"])
    .execute();
  const signed = await database
    .selectFrom("acts")
    .innerJoin("requests", "requests.id", "acts.subject")
    .select(["acts.who", "acts.time"])
    .where("requests.added", "=", digest)
    .where("acts.act", "=", "signature.counted")
    .execute();
  return [
    ...said.map(({ who, act, time }) => ({ power: powers[act as keyof typeof powers], by: who, at: Date.parse(time) })),
    ...signed.map(({ who, time }) => ({ power: "sign" as const, by: who, at: Date.parse(time) })),
  ];
}
