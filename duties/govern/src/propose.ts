// SPDX-License-Identifier: Apache-2.0
import type { ProposalState } from "@countersign/release/proposal";
import type { Reader } from "@countersign/repository/store";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { admit } from "./admission.ts";
import { outsideParts } from "./apart/outside-parts.ts";
import { mayTakePart } from "./apart/parts.ts";
import { builderIds } from "./builders.ts";
import { type Change, changesOf, orderChanges } from "./change.ts";
import type { Govern } from "./govern.ts";
import { giveUpRequest, moveProposal } from "./moves.ts";
import { perform } from "./perform.ts";
import { halts, isRelease, loadProposal, numberOf, type Proposal, readProposal, signerOf } from "./proposal.ts";
import { proposed } from "./proposal-acts.ts";
import { lastRelease, type Published } from "./published.ts";
import type { Schema } from "./schema.ts";
import { inTurn, type Turn } from "./turn.ts";
import { type Bearer, bearerHere, type Carried, useGrant } from "./use-grant.ts";

export interface Proposed {
  readonly digest: Digest;
  readonly state: ProposalState;
}

/** Takes a proposal that could become a release or an order; the same one again is the same. */
export async function propose(govern: Govern, body: unknown, proposal: unknown, carried?: Carried): Promise<Outcome<Proposed>> {
  const read = readProposal(body, proposal);
  if (!read.ok) return read;
  const entry = read.value;
  const known = await loadProposal(govern.database, entry.digest);
  if (known !== undefined) return accept({ digest: entry.digest, state: known.state });
  const published = await govern.look();
  if (!published.ok) return published;
  const wanted = { duty: "propose", channel: entry.body.channel, digest: entry.digest } as const;
  const bearer = carried && (await bearerHere(govern, carried, "POST", "/proposals", wanted));
  if (bearer?.ok === false) return bearer;
  const admitted = await admit(entry, published.value, govern, bearer?.value.claims);
  return admitted.ok ? keep(govern, entry, published.value, bearer?.value) : admitted;
}

async function keep(govern: Govern, entry: Proposal, published: Published, bearer: Bearer | undefined): Promise<Outcome<Proposed>> {
  const { database, store, now, checks } = govern;
  const { digest, body } = entry;
  const change = await changeOf(entry, published, store);
  const place = { type: body._type, product: body.product, channel: body.channel, number: numberOf(entry) };
  const [approval] = entry.approvals;
  if (approval === undefined) throw new Error("a proposal that nobody made");
  const { signatures, signed } = approval;
  const who = published.policy.holders[signerOf(approval)]?.holder ?? "nobody";
  const others = await outsideParts(store, published, entry, now());
  return inTurn(database, async (turn) => {
    const intent = { candidate: { power: "propose", by: who, at: now() }, digest, others, halts: halts(entry) } as const;
    const apart = await mayTakePart(turn, intent, published, checks);
    if (!apart.ok) return apart;
    const known = await holderOf(turn, place);
    if (known?.digest === digest) return accept(known); // two sent the same at once
    if (known !== undefined && known.state !== "refused")
      return refuse(
        "sequence-taken",
        `number ${place.number} to be free`,
        `${known.digest} has it`,
        "Follow that one, and propose yours as the next.",
      );
    const used = bearer && (await useGrant(turn, bearer, govern));
    if (used?.ok === false) return used;
    if (known !== undefined) {
      await giveUpRequest(turn, now(), "added", known.digest);
      await moveProposal(turn, now(), known.digest, "superseded");
    }
    await perform(turn, now(), { who, act: proposed, subject: digest, body: { ...place, body, change, approval: { signatures, signed } } });
    return accept({ digest, state: "proposed" });
  });
}

/** The proposal that has this place now. One that its signers refused gives it to whoever asks next. */
function holderOf(turn: Turn, place: Pick<Schema["proposals"], "type" | "product" | "channel" | "number">): Promise<Proposed | undefined> {
  return turn
    .selectFrom("proposals")
    .select(["digest", "state"])
    .where((where) => where.and(place))
    .where("state", "!=", "superseded")
    .executeTakeFirst();
}

async function changeOf(entry: Proposal, published: Published, store: Reader): Promise<readonly Change[]> {
  if (!isRelease(entry)) return orderChanges(entry.body);
  const last = lastRelease(published, entry.body)?.body;
  return changesOf(last, entry.body, { before: await builderIds(last, store), after: await builderIds(entry.body, store) });
}
