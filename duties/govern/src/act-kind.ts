// SPDX-License-Identifier: Apache-2.0
import type { PersonalAct } from "@countersign/release/personal-act";
import type { EntryType } from "@countersign/tlog/entry";
import { canonicalText, type Json } from "@countersign/trust/canonical";
import type { z } from "zod";
import type { Database } from "./database.ts";

/** An act as its kind applies it. */
export interface Act<B> {
  readonly number: number;
  readonly time: string;
  readonly who: string;
  readonly subject: string;
  readonly body: B;
}

/** One kind of thing that happens here. Its `apply` is the only code that writes what follows from it, when it happens and when it is replayed. */
export interface ActKind<B> {
  readonly name: string;
  /** What its body holds. A member `evidence` is a person's signed act, and is taken once only. */
  readonly body: z.ZodType<B>;
  /** As what its digest stands in the ledger. */
  readonly entry: Extract<EntryType, "identity" | "window" | "grant" | "act">;
  /** Where a person does it: whether what they signed says exactly this. Performed otherwise it is a bug; found otherwise, an edit. */
  readonly isSigned?: (act: Pick<Act<B>, "subject" | "body">, signed: PersonalAct | undefined) => boolean;
  /** Writes the tables, from nothing but the tables and the act: no clock, no chance, no store. */
  readonly apply: (transaction: Database, act: Act<B>) => Promise<void>;
}

/** Says so of what a person signs as `act`, of the same subject, with this body. */
export function signedAs<B>(act: string, bodyOf: (body: B) => unknown): NonNullable<ActKind<B>["isSigned"]> {
  return ({ subject, body }, signed) =>
    signed?.act === act && signed.subject === subject && canonicalText(signed.body) === textOf(bodyOf(body));
}

function textOf(body: unknown): string {
  return canonicalText(body as Json);
}

/** A kind in a table of kinds, where nothing is known of its body. */
export type AnyKind = ActKind<never> & { readonly body: z.ZodType<unknown> };

/** A kind among others: it is given nothing but what its own shape has read. */
export function anyKind<B>(kind: ActKind<B>): AnyKind {
  return kind as unknown as AnyKind;
}
