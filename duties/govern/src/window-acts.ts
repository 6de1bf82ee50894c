// SPDX-License-Identifier: Apache-2.0
import type { Signed } from "@countersign/trust/envelope";
import { z } from "zod";
import { type ActKind, type AnyKind, anyKind, signedAs } from "./act-kind.ts";
import { evidence } from "./evidence.ts";
import { name, whole } from "./shapes.ts";

/** What somebody asks for: how long, how many releases, and why. */
export interface Asked {
  readonly seconds: number;
  readonly releases: number;
  readonly reason: string;
}

export const asked: z.ZodType<Asked> = z.strictObject({
  seconds: whole.refine((seconds) => seconds > 0, "a time"),
  releases: whole.refine((releases) => releases > 0, "at least one release"),
  reason: z.string().min(1).max(500),
});

/** A person asks for a window. */
export const windowRequested: ActKind<{ readonly channel: string; readonly asked: Asked; readonly evidence: Signed<unknown> }> = {
  name: "window.requested",
  body: z.strictObject({ channel: name, asked, evidence }),
  entry: "window",
  isSigned: ({ body: { channel, asked } }, signed) =>
    signedAs("window.request", () => asked)({ subject: channel, body: undefined }, signed),
  apply: async (transaction, { subject: id, time, who, body: { channel, asked } }) => {
    const nothingYet = { openedBy: null, opened: null, ends: null, closedBy: null, closed: null, why: null };
    await transaction
      .insertInto("windows")
      .values({ id, channel, ...asked, requestedBy: who, requested: time, state: "requested", ...nothingYet })
      .execute();
  },
};

/** Another person approves it, and it is open. Where the policy separates keys alone, one person does both, with two documents, and `alone` says so. */
export const windowOpened: ActKind<{ readonly ends: string; readonly alone: boolean; readonly evidence: Signed<unknown> }> = {
  name: "window.opened",
  body: z.strictObject({ ends: z.iso.datetime(), alone: z.boolean(), evidence }),
  entry: "window",
  isSigned: signedAs("window.approve", () => ({})),
  apply: async (transaction, { subject, time, who, body: { ends } }) => {
    await transaction.updateTable("windows").set({ state: "open", openedBy: who, opened: time, ends }).where("id", "=", subject).execute();
  },
};

/** By hand: a person closed it. By time, and by the end of its releases: it closed. */
export type Why = "hand" | "time" | "releases";

export const windowClosed: ActKind<{ readonly why: Why; readonly evidence?: Signed<unknown> | undefined }> = {
  name: "window.closed",
  body: z.strictObject({ why: z.enum(["hand", "time", "releases"]), evidence: evidence.optional() }),
  entry: "window",
  isSigned: (act, signed) => (act.body.why === "hand" ? signedAs("window.close", () => ({}))(act, signed) : signed === undefined),
  apply: async (transaction, { subject, time, who, body: { why } }) => {
    await transaction.updateTable("windows").set({ state: "closed", closedBy: who, closed: time, why }).where("id", "=", subject).execute();
  },
};

export const windowKinds: readonly AnyKind[] = [anyKind(windowRequested), anyKind(windowOpened), anyKind(windowClosed)];
