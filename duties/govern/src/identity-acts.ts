// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { type ActKind, type AnyKind, anyKind } from "./act-kind.ts";
import { column } from "./column.ts";
import { type Identity, identity } from "./identity.ts";

export const identityRegistered: ActKind<{ readonly record: Identity }> = {
  name: "identity.registered",
  body: z.strictObject({ record: identity }),
  entry: "identity",
  apply: async (transaction, { body: { record } }) => {
    await transaction
      .insertInto("identities")
      .values({ name: record.name, keyid: record.keyid, record: column(record) })
      .execute();
  },
};

export const identityKinds: readonly AnyKind[] = [anyKind(identityRegistered)];
