// SPDX-License-Identifier: Apache-2.0
import { type GrantedDuty, grantedDuties, mostUses } from "@countersign/federation/details";
import { z } from "zod";
import { type ActKind, type AnyKind, anyKind } from "./act-kind.ts";
import { setStatus } from "./identity-acts.ts";
import { digest, name } from "./shapes.ts";

/** A grant as it is kept: what the token says, without the token. */
export interface Issued {
  readonly window: string;
  readonly duty: GrantedDuty;
  readonly channel: string;
  readonly digest: string;
  readonly uses: number;
  readonly audience: string;
  readonly thumbprint: string;
  readonly expires: string;
  /** The subject token, the proof and, of a daemon, the renewal that was offered for the next time, each by its name. */
  readonly token: string;
  readonly proof: string;
  readonly renewal: { readonly presented: string | null; readonly offered: string } | null;
  /** What the token's issuer said of who acts: subject, run, who started it. */
  readonly actor: { readonly sub: string; readonly recorded: Readonly<Record<string, string>> };
}

const chance = z.string().min(16).max(256);

export const grantIssued: ActKind<Issued> = {
  name: "grant.issued",
  body: z.strictObject({
    window: name,
    duty: z.enum(grantedDuties),
    channel: name,
    digest: z.string().regex(/^[0-9a-f]{40,64}$/),
    uses: z.int().min(1).max(mostUses),
    audience: z.string(),
    thumbprint: z.string(),
    expires: z.iso.datetime(),
    token: chance,
    proof: chance,
    renewal: z.strictObject({ presented: digest.nullable(), offered: digest }).nullable(),
    actor: z.strictObject({ sub: z.string(), recorded: z.record(z.string(), z.string()) }),
  }),
  entry: "grant",
  apply: async (transaction, { subject: id, time, who, body: { token, proof, renewal, actor, ...grant } }) => {
    await transaction
      .insertInto("grants")
      .values({ id, identity: who, ...grant, used: 0, issued: time })
      .execute();
    await transaction.insertInto("tokens").values({ id: token, grant: id }).execute();
    await transaction.insertInto("proofs").values({ id: proof, grant: id }).execute();
    if (renewal === null) return;
    const next = { confirmed: renewal.presented, offered: renewal.offered };
    await transaction
      .insertInto("renewals")
      .values({ identity: who, ...next })
      .onConflict((conflict) => conflict.column("identity").doUpdateSet(next))
      .execute();
  },
};

export const grantUsed: ActKind<{ readonly proof: string; readonly at: string }> = {
  name: "grant.used",
  body: z.strictObject({ proof: chance, at: z.string() }),
  entry: "grant",
  apply: async (transaction, { subject: id, body: { proof } }) => {
    await transaction
      .updateTable("grants")
      .set((each) => ({ used: each("used", "+", 1) }))
      .where("id", "=", id)
      .execute();
    await transaction.insertInto("proofs").values({ id: proof, grant: id }).execute();
  },
};

/** Why somebody else seems to have an identity's credential. */
export type Theft = "grant-of-another-key" | "renewal-differs";

/**
 * A finding, and its consequence: nothing is granted to the identity, and nothing that it was granted counts, until somebody else than its owner has looked
 * and renewed it.
 */
export const identityLocked: ActKind<{ readonly why: Theft; readonly grant: string | null; readonly thumbprint: string }> = {
  name: "identity.locked",
  body: z.strictObject({ why: z.enum(["grant-of-another-key", "renewal-differs"]), grant: z.string().nullable(), thumbprint: z.string() }),
  entry: "identity",
  apply: (transaction, { subject }) => setStatus(transaction, subject, "suspended"),
};

export const grantKinds: readonly AnyKind[] = [anyKind(grantIssued), anyKind(grantUsed), anyKind(identityLocked)];
