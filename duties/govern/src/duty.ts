// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { outsideParts } from "./apart/outside-parts.ts";
import type { Part } from "./apart/part.ts";
import { mayTakePart } from "./apart/parts.ts";
import type { DutySubject } from "./duty-checks.ts";
import type { Govern } from "./govern.ts";
import { judged } from "./judged.ts";
import { halts, loadProposal, type Proposal } from "./proposal.ts";
import type { Published } from "./published.ts";
import { identityNamed } from "./register.ts";
import type { Turn } from "./turn.ts";
import { type Bearer, bearerHere, type Carried, useGrant } from "./use-grant.ts";

/** A duty that is about to be done on a request, with what is looked up before the turn in which that happens. */
export interface DutyOnRequest {
  readonly duty: DutySubject["candidate"]["duty"];
  readonly published: Published;
  /** What the request adds; undefined where it only renews, or is unknown. */
  readonly entry: Proposal | undefined;
  readonly others: readonly Part[];
  readonly bearer: Bearer | undefined;
}

/** Looks at a request and at the grant that came with it, posted to `path`. A grant that is for something else is refused. */
export async function dutyOn(
  govern: Govern,
  duty: DutyOnRequest["duty"],
  id: string,
  path: string,
  carried: Carried | undefined,
): Promise<Outcome<DutyOnRequest>> {
  const { database, store, look, now } = govern;
  const looked = await look();
  if (!looked.ok) return looked;
  const published = looked.value;
  const row = await database
    .selectFrom("requests")
    .select(["channel", "added"])
    .where("id", "=", id as Digest)
    .executeTakeFirst();
  const entry = (await loadProposal(database, row?.added ?? ""))?.entry;
  if (row === undefined || entry === undefined) return accept({ duty, published, entry: undefined, others: [], bearer: undefined });
  const wanted = { duty, channel: row.channel, digest: entry.digest } as const;
  const bearer = carried && (await bearerHere(govern, carried, "POST", path, wanted));
  if (bearer?.ok === false) return bearer;
  return accept({ duty, published, entry, others: await outsideParts(store, published, entry, now()), bearer: bearer?.value });
}

/** Whether `by`, with keys of these owners, may do the duty now; a use of the grant is counted. A renewal asks for nothing. */
export async function doDuty(
  turn: Turn,
  govern: Govern,
  { duty, published, entry, others, bearer }: DutyOnRequest,
  { by, owners }: { readonly by: string; readonly owners: readonly string[] },
): Promise<Outcome<unknown>> {
  if (entry === undefined) return accept(undefined);
  const { digest } = entry;
  const halting = halts(entry);
  const intent = { candidate: { power: duty, by, at: govern.now() }, digest, others, halts: halting } as const;
  const apart = await mayTakePart(turn, intent, published, govern.checks);
  if (!apart.ok) return apart;
  const granted = bearer && (await identityNamed(turn, bearer.claims.sub));
  const outcome = judged(judge({ candidate: { duty, digest }, starts: !halting, owners, granted }, govern.checks.duty));
  return outcome.ok && bearer !== undefined ? useGrant(turn, bearer, govern) : outcome;
}
