// SPDX-License-Identifier: Apache-2.0
import type { PersonalAct } from "@countersign/release/personal-act";
import { canonicalDigest, type Json } from "@countersign/trust/canonical";
import type { Digest } from "@countersign/trust/digest";
import { actDigest } from "./act.ts";
import type { Act, ActKind } from "./act-kind.ts";
import { kinds } from "./act-kinds.ts";
import { column } from "./column.ts";
import type { Database } from "./database.ts";
import { evidenceIn } from "./evidence.ts";
import type { Turn } from "./turn.ts";

/** What is about to happen. */
export interface Deed<B> {
  readonly who: string;
  readonly act: ActKind<B>;
  readonly subject: string;
  readonly body: B;
}

/**
 * Makes something happen: appends the act to the chain, where it waits for the ledger, and applies it. All state of govern comes about this way.
 * `now` is Unix milliseconds. A body that its kind does not read back is a bug, and throws.
 */
export async function perform<B>(turn: Turn, now: number, { who, act: kind, subject, body }: Deed<B>): Promise<void> {
  if (kinds.get(kind.name)?.apply !== (kind.apply as unknown)) throw new Error(`${kind.name} does not stand in the table of kinds`);
  const text = column(body);
  const signed = evidenceIn(body)?.signed as PersonalAct | undefined;
  if (kind.isSigned?.({ subject, body }, signed) === false) throw new Error(`${kind.name} is performed otherwise than a person signed it`);
  const written: unknown = JSON.parse(text); // what is applied is what is replayed
  const last = await turn.selectFrom("acts").select(["number", "digest"]).orderBy("number", "desc").limit(1).executeTakeFirst();
  const record = {
    number: (last?.number ?? 0) + 1,
    previous: last?.digest ?? null,
    time: new Date(now).toISOString(),
    who,
    act: kind.name,
    subject,
  };
  const digest = actDigest({ ...record, body: written as Json });
  await turn
    .insertInto("acts")
    .values({ ...record, body: text, digest, index: null })
    .execute();
  await applyAct(turn, kind, { ...record, body: kind.body.parse(written) });
}

/** What follows from an act: that its evidence was used, and what its kind says. */
export async function applyAct<B>(transaction: Database, kind: ActKind<B>, act: Act<B>): Promise<void> {
  const evidence = evidenceIn(act.body);
  if (evidence !== undefined)
    await transaction
      .insertInto("evidence")
      .values({ digest: canonicalDigest(evidence.signed) as Digest, act: act.number })
      .execute();
  await kind.apply(transaction, act);
}
