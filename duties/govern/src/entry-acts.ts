// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "@countersign/trust/digest";
import { z } from "zod";
import { type ActKind, type AnyKind, anyKind } from "./act-kind.ts";
import { whole } from "./shapes.ts";

/** The entry of a release or an order has its place and its first proof, because soak runs from it. */
export const entryLogged: ActKind<{ readonly index: number; readonly proof: string }> = {
  name: "entry.logged",
  body: z.strictObject({ index: whole, proof: z.string() }),
  entry: "act",
  apply: async (transaction, { subject, body: { index, proof } }) => {
    const digest = subject as Digest;
    await transaction.updateTable("entries").set({ index, proof }).where("digest", "=", digest).execute();
    await transaction
      .updateTable("proposals")
      .set({ state: "logged" })
      .where("digest", "=", digest)
      .where("state", "=", "approved")
      .execute();
  },
};

export const entryKinds: readonly AnyKind[] = [anyKind(entryLogged)];
