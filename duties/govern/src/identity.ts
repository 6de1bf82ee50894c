// SPDX-License-Identifier: Apache-2.0
import { type Pin, readPin } from "@countersign/federation/pin";
import { z } from "zod";
import { keyid, name } from "./shapes.ts";

/** The powers that there are. Two that conflict never meet in one owner. */
export const duties = ["build", "propose", "approve", "sign", "publish", "revoke", "ledger", "witness", "observe", "govern"] as const;

export type Duty = (typeof duties)[number];

/** What may act and is no person: for which channel, until when, how it proves itself, and which person answers for it. See docs/identity.md. */
export interface Identity {
  readonly name: string;
  /** What runs: one identity for each component and channel. */
  readonly component: string;
  readonly purpose: string;
  /** The one accountable person. */
  readonly owner: string;
  /** Another person, who answers when the owner is gone. */
  readonly deputy: string;
  readonly duties: readonly Duty[];
  readonly channel: string;
  /** Exactly whose token, or which certificate, speaks for it. */
  readonly pin: Pin;
  /** The key that it signs with, as the policy lists it; null where it has none that stays. */
  readonly keyid: string | null;
  /** How long a grant of it may live. */
  readonly maxSeconds: number;
  /** ISO 8601. Past this it counts for nothing, until somebody reviews it. */
  readonly reviewBy: string;
}

/** active: it may act · suspended: not until somebody renews it · retired: never again, and its name is nobody else's. */
export type Status = "active" | "suspended" | "retired";

export interface Registered extends Identity {
  readonly status: Status;
}

/** A pin as the federation room reads it: exact, or not at all. */
const pin: z.ZodType<Pin> = z.looseObject({ kind: z.string(), audience: z.string() }).superRefine((value, context) => {
  const read = readPin(value);
  if (!read.ok) context.addIssue({ code: "custom", message: `${read.refusal.expected}, found ${read.refusal.found}` });
}) as unknown as z.ZodType<Pin>;

/** A day, or a moment, in UTC. */
export const reviewBy: z.ZodType<string> = z.union([z.iso.datetime(), z.iso.date()]);

/** A grant lives for a day at most. */
const MAX_SECONDS = 86_400;

const members = {
  component: name,
  purpose: z.string().max(500).regex(/\S/, "what it is for"),
  owner: name,
  deputy: name,
  duties: z
    .array(z.enum(duties))
    .min(1)
    .refine((list) => new Set(list).size === list.length, "each duty once"),
  channel: name,
  pin,
  keyid: keyid.nullable(),
  maxSeconds: z.int().min(1).max(MAX_SECONDS),
  reviewBy,
};

/** Reads what is registered. There is no wildcard in it, and nothing that may be left out. */
export const identity: z.ZodType<Identity> = z.strictObject({ name, ...members });

/** The same without its name, which is the subject of the act that registers it. */
export const registration: z.ZodType<Omit<Identity, "name">> = z.strictObject(members);
