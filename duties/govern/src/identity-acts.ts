// SPDX-License-Identifier: Apache-2.0
import type { Signed } from "@countersign/trust/envelope";
import { z } from "zod";
import { type ActKind, type AnyKind, anyKind, signedAs } from "./act-kind.ts";
import { beginTenure } from "./apart/tenure-rows.ts";
import { column } from "./column.ts";
import type { Database } from "./database.ts";
import { evidence } from "./evidence.ts";
import { type Identity, identity, reviewBy, type Status } from "./identity.ts";
import { reason } from "./shapes.ts";

/** An act that a person's signed act stands behind. */
export interface Evident {
  readonly evidence: Signed<unknown>;
}

export const identityRegistered: ActKind<Evident & { readonly record: Identity }> = {
  name: "identity.registered",
  body: z.strictObject({ record: identity, evidence }),
  entry: "identity",
  isSigned: (act, signed) => {
    const { name, ...rest } = act.body.record;
    return name === act.subject && signedAs("identity.register", () => rest)(act, signed);
  },
  apply: async (transaction, act) => {
    const { record } = act.body;
    const { name, keyid } = record;
    await transaction
      .insertInto("identities")
      .values({ name, keyid, status: "active", record: column(record) })
      .execute();
    await beginTenure(transaction, act, { of: name, by: record.owner, as: "owner", source: "register" });
  },
};

export const identitySuspended: ActKind<Evident & { readonly reason: string }> = {
  name: "identity.suspended",
  body: z.strictObject({ reason, evidence }),
  entry: "identity",
  isSigned: signedAs("identity.suspend", ({ reason }) => ({ reason })),
  apply: (transaction, { subject }) => setStatus(transaction, subject, "suspended"),
};

export const identityRetired: ActKind<Evident & { readonly reason: string }> = {
  name: "identity.retired",
  body: z.strictObject({ reason, evidence }),
  entry: "identity",
  isSigned: signedAs("identity.retire", ({ reason }) => ({ reason })),
  apply: (transaction, { subject }) => setStatus(transaction, subject, "retired"),
};

/** Somebody looked at it again: it may act until the next review, also where it was suspended. */
export const identityRenewed: ActKind<Evident & { readonly reviewBy: string }> = {
  name: "identity.renewed",
  body: z.strictObject({ reviewBy, evidence }),
  entry: "identity",
  isSigned: signedAs("identity.renew", ({ reviewBy }) => ({ reviewBy })),
  apply: async (transaction, { subject, body }) => {
    await changeRecord(transaction, subject, { reviewBy: body.reviewBy });
    await setStatus(transaction, subject, "active");
  },
};

/** Writes some members of a record anew; for kinds of act only. */
export async function changeRecord(transaction: Database, name: string, change: Partial<Omit<Identity, "name">>): Promise<void> {
  const { record } = await transaction.selectFrom("identities").select("record").where("name", "=", name).executeTakeFirstOrThrow();
  const changed: Identity = { ...(JSON.parse(record) as Identity), ...change };
  await transaction
    .updateTable("identities")
    .set({ keyid: changed.keyid, record: column(changed) })
    .where("name", "=", name)
    .execute();
}

/** For kinds of act only. */
export async function setStatus(transaction: Database, name: string, status: Status): Promise<void> {
  await transaction.updateTable("identities").set({ status }).where("name", "=", name).execute();
}

export const identityKinds: readonly AnyKind[] = [
  anyKind(identityRegistered),
  anyKind(identitySuspended),
  anyKind(identityRetired),
  anyKind(identityRenewed),
];
