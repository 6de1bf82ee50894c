// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { keyid, name } from "./shapes.ts";

/** The powers that there are. Two that conflict never meet in one owner; the policy's readers see to that. */
const duties = ["build", "propose", "approve", "sign", "publish", "revoke", "ledger", "witness", "observe", "govern"] as const;

/** Who or what may act, for which channels, until when, and which person answers for it. This record is what is logged. */
export interface Identity {
  readonly name: string;
  readonly kind: "person" | "identity";
  /** One accountable person; a person is her own owner. */
  readonly owner: string;
  /** Another who answers when the owner is gone; a person needs none. */
  readonly deputy: string | null;
  readonly purpose: string;
  readonly duties: readonly (typeof duties)[number][];
  readonly channels: readonly string[];
  readonly keyid: string;
  /** ISO 8601. Past this it counts for nothing, until somebody reviews it. */
  readonly reviewBy: string;
}

const common = {
  name,
  purpose: z.string().min(1).max(500),
  duties: z.array(z.enum(duties)).min(1),
  channels: z.array(name).max(100),
  keyid,
  reviewBy: z.union([z.iso.datetime(), z.iso.date()]),
};

const machine = z.strictObject({ kind: z.literal("identity"), owner: name, deputy: name, ...common });

const person = z
  .strictObject({ kind: z.literal("person"), owner: name.optional(), deputy: name.nullish(), ...common })
  .refine(({ name, owner }) => owner === undefined || owner === name, { message: "a person who is her own owner", path: ["owner"] })
  .transform(({ owner, deputy, ...rest }) => ({ ...rest, owner: owner ?? rest.name, deputy: deputy ?? null }));

/** Reads what is registered: an identity with an owner and a deputy, or a person. */
export const identity: z.ZodType<Identity> = z.union([machine, person]);
