// SPDX-License-Identifier: Apache-2.0
import type { Signed } from "@countersign/trust/envelope";
import { z } from "zod";
import { type ActKind, type AnyKind, anyKind, signedAs } from "../act-kind.ts";
import { evidence } from "../evidence.ts";
import { digest, name, whole } from "../shapes.ts";
import { putInHands } from "./hand-over.ts";
import { beginTenure } from "./tenure-rows.ts";

interface Seen {
  readonly version: number;
  readonly owners: readonly (readonly [holder: string, owner: string])[];
}

/** Another policy is published than before, and it says who owns which key. What it says no more stays known. */
export const policySeen: ActKind<Seen> = {
  name: "policy.seen",
  body: z.strictObject({ version: whole, owners: z.array(z.tuple([name, name])) }) as z.ZodType<Seen>,
  entry: "act",
  apply: async (transaction, act) => {
    const { version, owners } = act.body;
    await transaction
      .insertInto("policies")
      .values({ act: act.number, digest: digest.parse(act.subject), version })
      .execute();
    const lasting = await transaction
      .selectFrom("tenures")
      .select(["of", "by"])
      .where("source", "=", "policy")
      .where("until", "is", null)
      .execute();
    for (const { of, by } of lasting)
      if (!owners.some(([holder, owner]) => holder === of && owner === by))
        await transaction
          .updateTable("tenures")
          .set({ until: act.time })
          .where("until", "is", null)
          .where("of", "=", of)
          .where("by", "=", by)
          .where("source", "=", "policy")
          .execute();
    for (const [of, by] of owners) await beginTenure(transaction, act, { of, by, as: "owner", source: "policy" });
  },
};

/** What a person declares of an account: that it is the same human's as another, or that this person is one of those who share it. */
export interface Linking {
  readonly other: string;
  readonly as: "same" | "member";
}

export const linking: z.ZodType<Linking> = z.strictObject({ other: name, as: z.enum(["same", "member"]) });

/** Two accounts are declared to be in one hand. It only ever forbids. */
export const personLinked: ActKind<Linking & { readonly evidence: Signed<unknown> }> = {
  name: "person.linked",
  body: z.strictObject({ other: name, as: z.enum(["same", "member"]), evidence }),
  entry: "identity",
  isSigned: signedAs("person.link", ({ other, as }) => ({ other, as })),
  apply: async (transaction, { who, subject, time, body: { other, as } }) => {
    await transaction.insertInto("links").values({ account: subject, other, as, by: who, since: time }).execute();
  },
};

export interface Transfer {
  readonly owner: string;
  readonly deputy: string;
}

export const transfer: z.ZodType<Transfer> = z.strictObject({ owner: name, deputy: name });

/** An identity comes to another owner. A deputy who hands it over has stepped in for that. */
export const identityTransferred: ActKind<Transfer & { readonly evidence: Signed<unknown> }> = {
  name: "identity.transferred",
  body: z.strictObject({ owner: name, deputy: name, evidence }),
  entry: "identity",
  isSigned: signedAs("identity.transfer", ({ owner, deputy }) => ({ owner, deputy })),
  apply: (transaction, act) => putInHands(transaction, act, act.subject, act.body),
};

export const apartKinds: readonly AnyKind[] = [anyKind(policySeen), anyKind(personLinked), anyKind(identityTransferred)];
