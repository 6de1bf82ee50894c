// SPDX-License-Identifier: Apache-2.0
import type { RequestState } from "@countersign/release/govern-client";
import { channelAuthority, targetsDocument } from "@countersign/trust/anchor/targets";
import { canonicalBytes } from "@countersign/trust/canonical";
import type { Digest } from "@countersign/trust/digest";
import type { Signature } from "@countersign/trust/envelope";
import { type SidecarDemand, sidecarDemand } from "@countersign/trust/policy/post-quantum";
import { type Authority, signersOf } from "@countersign/trust/quorum";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { meetsDemand, sidecarSigners } from "@countersign/trust/sidecar";
import { column } from "./column.ts";
import type { Database } from "./database.ts";
import { doDuty, dutyOn } from "./duty.ts";
import type { Govern } from "./govern.ts";
import { moveProposal, moveRequest } from "./moves.ts";
import { perform } from "./perform.ts";
import { ours } from "./proposal.ts";
import type { Published } from "./published.ts";
import { signatureCounted, trailHeard } from "./request-acts.ts";
import { refuses, type Trail } from "./trail.ts";
import { inTurn, type Turn } from "./turn.ts";
import type { Carried } from "./use-grant.ts";

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
 * Counts a signature that is valid under the channel's delegation, or an ML-DSA one that the policy demands; where it starts something, under a grant. At the
 * threshold of both the request is signed, and its signatures stay as they are.
 */
export async function countSignature(
  govern: Govern,
  id: string,
  signature: Signature,
  trail: Trail,
  carried: Carried | undefined,
): Promise<Answer> {
  const { database, now } = govern;
  const on = await dutyOn(govern, "sign", id, `/requests/${id}/signatures`, carried);
  if (!on.ok) return on;
  const { published } = on.value;
  return inTurn(database, async (turn) => {
    const found = await signingOf(turn, id, published);
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
    const { holders, postQuantum } = published.delegator.policy;
    const { holder: who, owner } = holders[keyid] ?? postQuantum?.holders[keyid] ?? { holder: keyid, owner: keyid };
    const done = await doDuty(turn, govern, on.value, { by: who, owners: [owner] });
    if (!done.ok) return done;
    await hear(turn, now(), signing.id, trail);
    if (signing.state === "signed") return accept({ state: signing.state });
    const counted = (await signaturesOf(turn, signing.id)).some((other) => other.keyid === keyid);
    if (!counted) await perform(turn, now(), { who, act: signatureCounted, subject: signing.id, body: { keyid, sig } });
    return weigh(turn, signing, now());
  });
}

/** Keeps a signer's no, or not yet. When so many refuse that the threshold is out of reach, the proposal is refused, until one of them signs. */
export async function hearRefusal({ database, look, now }: Govern, id: string, trail: Trail): Promise<Answer> {
  const published = await look();
  if (!published.ok) return published;
  return inTurn(database, async (turn) => {
    const signing = await signingOf(turn, id, published.value);
    if (!signing.ok) return signing;
    await hear(turn, now(), signing.value.id, trail);
    return signing.value.state === "signed" ? accept({ state: "signed" }) : weigh(turn, signing.value, now());
  });
}

export async function signaturesOf(database: Database, id: Digest): Promise<readonly Signature[]> {
  return database.selectFrom("signatures").select(["keyid", "sig"]).where("request", "=", id).orderBy("place").execute();
}

export async function trailsOf(database: Database, id: Digest): Promise<readonly Trail[]> {
  const rows = await database.selectFrom("trails").select("trail").where("request", "=", id).orderBy("signer").execute();
  return rows.map(({ trail }) => JSON.parse(trail) as Trail); // written from a trail that was read
}

/** Said again is not said anew. What is kept is claimed, and nobody proved it. */
async function hear(turn: Turn, now: number, request: Digest, trail: Trail): Promise<void> {
  const before = await turn
    .selectFrom("trails")
    .select("trail")
    .where("request", "=", request)
    .where("signer", "=", trail.signer)
    .executeTakeFirst();
  if (before?.trail !== column(trail)) await perform(turn, now, { who: "govern", act: trailHeard, subject: request, body: { trail } });
}

async function signingOf(turn: Turn, id: string, published: Published): Promise<Outcome<Signing>> {
  const row = await turn
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

async function weigh(turn: Turn, signing: Signing, now: number): Promise<Answer> {
  const { id, added, channel, message, authority, demand } = signing;
  const signatures = await signaturesOf(turn, id);
  const demanded = demand === undefined || meetsDemand(sidecarSigners(channel, { message }, signatures, demand), demand);
  if (demanded && signersOf({ message, signatures }, authority).length >= authority.threshold) {
    await moveRequest(turn, now, id, "signed");
    if (added !== null) await moveProposal(turn, now, added, "signed");
    return accept({ state: "signed" });
  }
  if (added === null) return accept({ state: "open" });
  const refusing = (await trailsOf(turn, id)).filter(refuses).length;
  await moveProposal(turn, now, added, refusing > authority.keyids.length - authority.threshold ? "refused" : "signing");
  return accept({ state: "open" });
}
