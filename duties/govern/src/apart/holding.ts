// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Database } from "../database.ts";
import type { Govern } from "../govern.ts";
import type { Identity } from "../identity.ts";
import type { Published } from "../published.ts";
import type { Turn } from "../turn.ts";
import { noticePolicy, registerOf } from "./books.ts";
import type { Holding } from "./holding-checks.ts";
import type { Part } from "./part.ts";
import { partsIn } from "./parts.ts";
import { type Register, tenureMemoryMilliseconds } from "./tenure.ts";

/** Whether an identity may be in this owner's hands, who has it already or is about to. Refuses with `duties-meet`. */
export async function mayHold(
  turn: Turn,
  { name, duties, channel }: Holding,
  owner: string,
  published: Published,
  { now: clock, checks }: Pick<Govern, "now" | "checks">,
): Promise<Outcome<unknown>> {
  const now = clock();
  await noticePolicy(turn, published, now);
  const { policy } = published;
  const { separation } = policy;
  const before = await registerOf(turn, policy);
  const after = handedTo(before, name, owner, now);
  const others = (await livingIn(turn)).filter((other) => other.name !== name);
  const held = judge({ candidate: { name, duties, channel }, others, register: after, separation, now }, checks.holding);
  if (!held.outcome.ok) return held.outcome;
  const releases = await releasesOf(turn, name, now);
  const changed = judge({ candidate: { identity: name, to: owner }, releases, before, after, separation, now }, checks.changeOfHands);
  return changed.outcome.ok ? accept(undefined) : changed.outcome;
}

/** The register as it would be. */
function handedTo({ tenures, accounts }: Register, of: string, by: string, now: number): Register {
  const kept = tenures.map((tenure) =>
    tenure.of === of && tenure.as === "owner" && tenure.until === null ? { ...tenure, until: now } : tenure,
  );
  return { tenures: [...kept, { of, by, as: "owner", from: now, until: null }], accounts };
}

async function livingIn(database: Database): Promise<readonly Holding[]> {
  const rows = await database.selectFrom("identities").select("record").where("status", "!=", "retired").execute();
  return rows.map(({ record }) => JSON.parse(record) as Identity); // written from a record that was read strictly
}

/** Everybody's parts in each release in which an identity had one lately. */
async function releasesOf(database: Database, identity: string, now: number): Promise<readonly (readonly Part[])[]> {
  const since = new Date(now - tenureMemoryMilliseconds).toISOString();
  const said = await database
    .selectFrom("acts")
    .select("subject")
    .where("who", "=", identity)
    .where("act", "in", ["proposal.proposed", "approval.given"])
    .where("time", ">=", since)
    .execute();
  const signed = await database
    .selectFrom("acts")
    .innerJoin("requests", "requests.id", "acts.subject" as never)
    .select("requests.added")
    .where("acts.who", "=", identity)
    .where("acts.act", "=", "signature.counted")
    .where("acts.time", ">=", since)
    .execute();
  const digests = new Set([...said.map(({ subject }) => subject as Digest), ...signed.flatMap(({ added }) => added ?? [])]);
  return Promise.all([...digests].map((digest) => partsIn(database, digest)));
}
