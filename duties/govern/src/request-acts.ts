// SPDX-License-Identifier: Apache-2.0
import type { RequestState } from "@countersign/release/govern-client";
import type { Digest } from "@countersign/trust/digest";
import type { Signature } from "@countersign/trust/envelope";
import { z } from "zod";
import { type ActKind, type AnyKind, anyKind } from "./act-kind.ts";
import { column } from "./column.ts";
import { digest, name, nothing } from "./shapes.ts";
import { type Trail, trailShape } from "./trail.ts";

interface Opened {
  readonly channel: string;
  readonly added: Digest | null;
  readonly channelFile: unknown;
  readonly heads: unknown;
}

/** Signers are asked to sign; the same request may be given up and opened again. */
export const requestOpened: ActKind<Opened> = {
  name: "request.open",
  body: z.strictObject({ channel: name, added: digest.nullable(), channelFile: z.unknown(), heads: z.unknown() }),
  entry: "act",
  apply: async (transaction, { subject, time, body: { channel, added, channelFile, heads } }) => {
    const row = { id: subject as Digest, channel, added, channelFile: column(channelFile), heads: column(heads) };
    const opened = { state: "open", opened: time } as const;
    await transaction
      .insertInto("requests")
      .values({ ...row, ...opened })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(opened))
      .execute();
  },
};

export const requestMovedTo: Readonly<Record<Exclude<RequestState, "open">, ActKind<Readonly<Record<never, never>>>>> = {
  signed: moved("signed"),
  published: moved("published"),
  superseded: moved("superseded"),
};

function moved(state: RequestState): ActKind<Readonly<Record<never, never>>> {
  return {
    name: `request.${state}`,
    body: nothing,
    entry: "act",
    apply: async (transaction, { subject }) => {
      await transaction
        .updateTable("requests")
        .set({ state })
        .where("id", "=", subject as Digest)
        .execute();
    },
  };
}

export const signatureCounted: ActKind<Signature> = {
  name: "signature.counted",
  body: z.strictObject({ keyid: z.string(), sig: z.string() }),
  entry: "act",
  apply: async (transaction, { subject, body }) => {
    const request = subject as Digest;
    const before = await transaction.selectFrom("signatures").select("place").where("request", "=", request).execute();
    await transaction
      .insertInto("signatures")
      .values({ request, place: before.length, ...body })
      .execute();
  },
};

/** What a signer says of a request; it takes the place of what it said before. */
export const trailHeard: ActKind<{ readonly trail: Trail }> = {
  name: "trail.heard",
  body: z.strictObject({ trail: trailShape }),
  entry: "act",
  apply: async (transaction, { subject, body }) => {
    const trail = column(body.trail);
    await transaction
      .insertInto("trails")
      .values({ request: subject as Digest, signer: body.trail.signer, trail })
      .onConflict((conflict) => conflict.columns(["request", "signer"]).doUpdateSet({ trail }))
      .execute();
  },
};

export const requestKinds: readonly AnyKind[] = [
  anyKind(requestOpened),
  ...Object.values(requestMovedTo).map(anyKind),
  anyKind(signatureCounted),
  anyKind(trailHeard),
];
