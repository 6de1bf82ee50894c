// SPDX-License-Identifier: Apache-2.0

import { channelAuthority, targetsDocument } from "@countersign/trust/anchor/targets";
import { canonicalBytes } from "@countersign/trust/canonical";
import type { Digest } from "@countersign/trust/digest";
import type { Signature } from "@countersign/trust/envelope";
import { type SidecarDemand, sidecarDemand } from "@countersign/trust/policy/post-quantum";
import { type Authority, signersOf } from "@countersign/trust/quorum";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { meetsDemand, sidecarSigners } from "@countersign/trust/sidecar";
import { record } from "./acts.ts";
import { column, type Database } from "./database.ts";
import type { Govern } from "./govern.ts";
import { moveProposal, moveRequest } from "./moves.ts";
import { ours } from "./proposal.ts";
import type { Published } from "./published.ts";
import type { RequestState } from "./schema.ts";
import { refuses, type Trail } from "./trail.ts";

/** A request that can still be signed, and whose signatures count for it. */
interface Signing {
  readonly id: Digest;
  readonly added: Digest | null;
  readonly state: RequestState;
  readonly channel: string;
  readonly message: Uint8Array;
  readonly authority: Authority;
  /** Whose ML-DSA signatures the policy demands besides. */
  readonly demand: SidecarDemand | undefined;
}

type Answer = Outcome<{ readonly state: RequestState }>;

/**
 * Counts a signature that is valid under the channel's delegation, or an ML-DSA one that the policy demands. At the threshold of both the request is signed,
 * and its signatures stay as they are.
 */
export async function countSignature({ database, look, now }: Govern, id: string, signature: Signature, trail: Trail): Promise<Answer> {
  const published = await look();
  if (!published.ok) return published;
  return database.transaction().execute(async (transaction) => {
    const found = await signingOf(transaction, id, published.value);
    if (!found.ok) return found;
    const signing = found.value;
    const { keyid, sig } = signature;
    if (signersIn(signing, [signature]).length === 0)
      return refuse(
        "signature-invalid",
        "a signature over the channel file by a key of this channel, or over its sidecar message by a key that the policy demands",
        keyid,
        "Sign it with a key that the targets delegate to.",
      );
    await keepTrail(transaction, signing.id, trail);
    if (signing.state === "signed") return accept({ state: signing.state });
    const place = (await signaturesOf(transaction, signing.id)).length;
    const { numInsertedOrUpdatedRows } = await transaction
      .insertInto("signatures")
      .values({ request: signing.id, place, keyid, sig })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    const { holders, postQuantum } = published.value.delegator.policy;
    const who = (holders[keyid] ?? postQuantum?.holders[keyid])?.holder ?? keyid;
    if (numInsertedOrUpdatedRows === 1n) await record(transaction, now(), { who, act: "signature.counted", subject: signing.id });
    return weigh(transaction, signing, now());
  });
}

/** Keeps a signer's no, or not yet. When so many refuse that the threshold is out of reach, the proposal is refused, until one of them signs. */
export async function hearRefusal({ database, look, now }: Govern, id: string, trail: Trail): Promise<Answer> {
  const published = await look();
  if (!published.ok) return published;
  return database.transaction().execute(async (transaction) => {
    const signing = await signingOf(transaction, id, published.value);
    if (!signing.ok) return signing;
    await keepTrail(transaction, signing.value.id, trail);
    return signing.value.state === "signed" ? accept({ state: "signed" }) : weigh(transaction, signing.value, now());
  });
}

export async function signaturesOf(database: Database, id: Digest): Promise<readonly Signature[]> {
  return database.selectFrom("signatures").select(["keyid", "sig"]).where("request", "=", id).orderBy("place").execute();
}

export async function trailsOf(database: Database, id: Digest): Promise<readonly Trail[]> {
  const rows = await database.selectFrom("trails").select("trail").where("request", "=", id).orderBy("signer").execute();
  return rows.map(({ trail }) => JSON.parse(trail) as Trail); // written by keepTrail
}

async function keepTrail(transaction: Database, request: Digest, trail: Trail): Promise<void> {
  const written = column(trail);
  await transaction
    .insertInto("trails")
    .values({ request, signer: trail.signer, trail: written })
    .onConflict((conflict) => conflict.columns(["request", "signer"]).doUpdateSet({ trail: written }))
    .execute();
}

async function signingOf(transaction: Database, id: string, published: Published): Promise<Outcome<Signing>> {
  const row = await transaction
    .selectFrom("requests")
    .select(["id", "channel", "added", "channelFile", "state"])
    .where("id", "=", id as Digest)
    .executeTakeFirst();
  const authority = channelAuthority(published.delegator.targets.signed, row?.channel ?? "");
  if (row === undefined || authority === undefined)
    return refuse("request-unknown", "a request for a delegated channel", id, "See GET /requests.");
  if (row.state !== "open" && row.state !== "signed")
    return refuse("request-closed", "a request that can be signed", `one that is ${row.state}`, "Nothing is left to do.");
  return accept({
    id: row.id,
    added: row.added,
    state: row.state,
    channel: row.channel,
    message: canonicalBytes(ours(targetsDocument, row.channelFile)),
    authority,
    demand: sidecarDemand(published.delegator.policy, row.channel),
  });
}

function signersIn({ channel, message, authority, demand }: Signing, signatures: readonly Signature[]): readonly string[] {
  return [
    ...signersOf({ message, signatures }, authority),
    ...(demand === undefined ? [] : sidecarSigners(channel, { message }, signatures, demand)),
  ];
}

async function weigh(transaction: Database, signing: Signing, now: number): Promise<Answer> {
  const { id, added, channel, message, authority, demand } = signing;
  const signatures = await signaturesOf(transaction, id);
  const demanded = demand === undefined || meetsDemand(sidecarSigners(channel, { message }, signatures, demand), demand);
  if (demanded && signersOf({ message, signatures }, authority).length >= authority.threshold) {
    await moveRequest(transaction, now, id, "signed");
    if (added !== null) await moveProposal(transaction, now, added, "signed");
    return accept({ state: "signed" });
  }
  if (added === null) return accept({ state: "open" });
  const refusing = (await trailsOf(transaction, id)).filter(refuses).length;
  await moveProposal(transaction, now, added, refusing > authority.keyids.length - authority.threshold ? "refused" : "signing");
  return accept({ state: "open" });
}
