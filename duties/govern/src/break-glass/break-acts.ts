// SPDX-License-Identifier: Apache-2.0
import { canonicalDigest } from "@countersign/trust/canonical";
import type { Digest } from "@countersign/trust/digest";
import type { Signed } from "@countersign/trust/envelope";
import { z } from "zod";
import { type ActKind, type AnyKind, anyKind, signedAs } from "../act-kind.ts";
import { evidence } from "../evidence.ts";
import { digest, reason, whole } from "../shapes.ts";

/** What somebody calls for alone: one release or order, and why. */
export interface BreakCall {
  readonly release: Digest;
  readonly reason: string;
  readonly seconds: number;
}

export const breakCall: z.ZodType<BreakCall> = z.strictObject({
  release: digest,
  reason,
  seconds: whole.refine((seconds) => seconds > 0, "a time"),
});

/** The name of what a signed call begins. */
export function breakId({ signed }: Signed<unknown>): string {
  return `b-${canonicalDigest(signed).slice(0, 16)}`;
}

/** One person calls for a window that nobody else approves. It is loud: here and in the ledger from this moment on, and open only later. */
export const breakCalled: ActKind<BreakCall & { readonly opens: string; readonly evidence: Signed<unknown> }> = {
  name: "break-glass.called",
  body: z.strictObject({ release: digest, reason, seconds: whole, opens: z.iso.datetime(), evidence }),
  entry: "window",
  isSigned: signedAs("break-glass.call", ({ release, reason, seconds }) => ({ release, reason, seconds })),
  apply: async (transaction, { subject: channel, who, time, body: { release, reason, seconds, opens, evidence } }) => {
    const nobody = { cancelledBy: null, reviewedBy: null, finding: null };
    await transaction
      .insertInto("breaks")
      .values({ id: breakId(evidence), channel, release, reason, by: who, called: time, opens, seconds, state: "waiting", ...nobody })
      .execute();
  },
};

/** Somebody stopped it while it waited: any person, or govern, where whoever called it has left. */
export const breakCancelled: ActKind<{ readonly reason: string; readonly evidence?: Signed<unknown> | undefined }> = {
  name: "break-glass.cancelled",
  body: z.strictObject({ reason, evidence: evidence.optional() }),
  entry: "window",
  isSigned: (act, signed) =>
    signed === undefined || signedAs<typeof act.body>("break-glass.cancel", (body) => ({ reason: body.reason }))(act, signed),
  apply: async (transaction, { subject, who }) => {
    await transaction.updateTable("breaks").set({ state: "cancelled", cancelledBy: who }).where("id", "=", subject).execute();
  },
};

/** Nobody stopped it: its window is open, under its own name, for its one release. */
export const breakOpened: ActKind<{ readonly ends: string }> = {
  name: "break-glass.opened",
  body: z.strictObject({ ends: z.iso.datetime() }),
  entry: "window",
  apply: async (transaction, { subject: id, time, body: { ends } }) => {
    const { channel, reason, seconds, by, called } = await transaction
      .selectFrom("breaks")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    await transaction.updateTable("breaks").set({ state: "opened" }).where("id", "=", id).execute();
    const asked = { id, channel, reason, seconds, releases: 1, requestedBy: by, requested: called };
    await transaction
      .insertInto("windows")
      .values({ ...asked, state: "open", openedBy: by, opened: time, ends, closedBy: null, closed: null, why: null })
      .execute();
  },
};

export interface BreakReview {
  readonly finding: "justified" | "not-justified";
  readonly reason: string;
}

export const breakReview: z.ZodType<BreakReview> = z.strictObject({ finding: z.enum(["justified", "not-justified"]), reason });

/** Another person looked at it afterwards, and says what they think. */
export const breakReviewed: ActKind<BreakReview & { readonly evidence: Signed<unknown> }> = {
  name: "break-glass.reviewed",
  body: z.strictObject({ finding: z.enum(["justified", "not-justified"]), reason, evidence }),
  entry: "window",
  isSigned: signedAs("break-glass.review", ({ finding, reason }) => ({ finding, reason })),
  apply: async (transaction, { subject, who, body: { finding } }) => {
    await transaction.updateTable("breaks").set({ state: "reviewed", reviewedBy: who, finding }).where("id", "=", subject).execute();
  },
};

export const breakKinds: readonly AnyKind[] = [anyKind(breakCalled), anyKind(breakCancelled), anyKind(breakOpened), anyKind(breakReviewed)];
