// SPDX-License-Identifier: Apache-2.0
import type { Policy } from "@countersign/trust/policy/policy";
import type { Database } from "../database.ts";
import { perform } from "../perform.ts";
import type { Published } from "../published.ts";
import type { Schema } from "../schema.ts";
import type { Turn } from "../turn.ts";
import { policySeen } from "./apart-acts.ts";
import type { Register, Tenure } from "./tenure.ts";

/** All that is known of who is behind whom: what was registered, what policies said, what people declared, and keys that two names share. */
export async function registerOf(database: Database, policy: Policy): Promise<Register> {
  const tenures = await database.selectFrom("tenures").selectAll().execute();
  const links = await database.selectFrom("links").selectAll().execute();
  const holding = linksThatHold(links);
  return {
    tenures: [...tenures.map(tenureOf), ...holding.filter(({ as }) => as === "member").map(membership)],
    accounts: [
      ...holding.filter(({ as }) => as === "same").map(({ account, other }) => [account, other] as const),
      ...(await sharedKeys(database, policy)),
    ],
  };
}

/** What the published policy says of owners, in the books: whoever is asked next is judged by it, and by what the one before said. */
export async function noticePolicy(turn: Turn, { policy, policyDigest }: Published, now: number): Promise<void> {
  const last = await turn.selectFrom("policies").select("digest").orderBy("act", "desc").limit(1).executeTakeFirst();
  if (last?.digest === policyDigest) return;
  const pairs = Object.values(policy.holders).filter(({ holder, owner }) => holder !== owner);
  const owners = [...new Map(pairs.map(({ holder, owner }) => [`${holder} ${owner}`, [holder, owner] as const])).values()];
  await perform(turn, now, { who: "govern", act: policySeen, subject: policyDigest, body: { version: policy.version, owners } });
}

/** A declaration holds if one of the two made it, or two others did: nobody alone takes somebody else's voice away. */
export function linksThatHold(links: readonly Schema["links"][]): readonly Schema["links"][] {
  return links.filter((link) => {
    const same = links.filter(({ account, other, as }) => account === link.account && other === link.other && as === link.as);
    return same.length > 1 || link.by === link.account || link.by === link.other;
  });
}

function tenureOf({ of, by, as, since, until }: Schema["tenures"]): Tenure {
  return { of, by, as, from: Date.parse(since), until: until === null ? null : Date.parse(until) };
}

function membership({ account, other, since }: Schema["links"]): Tenure {
  return { of: account, by: other, as: "member", from: Date.parse(since), until: null };
}

/** A name of the register and a name of the policy that stand for one key. */
async function sharedKeys(database: Database, { holders }: Policy): Promise<readonly (readonly [string, string])[]> {
  const rows = await database.selectFrom("identities").select(["name", "keyid"]).execute();
  return rows.flatMap(({ name, keyid }) => {
    const holder = holders[keyid ?? ""]?.holder;
    return holder === undefined || holder === name ? [] : [[name, holder] as const];
  });
}
