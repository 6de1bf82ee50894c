// SPDX-License-Identifier: Apache-2.0
import { canonicalText, type Json } from "@countersign/trust/canonical";
import { type Decoder, decode } from "@countersign/trust/decode";
import { signedJson } from "@countersign/trust/envelope";
import { root } from "@countersign/trust/tuf/root";
import { snapshot } from "@countersign/trust/tuf/snapshot";
import { targets } from "@countersign/trust/tuf/targets";
import { timestamp } from "@countersign/trust/tuf/timestamp";
import { type Beside, besideLines } from "./beside.ts";
import { type Fields, fieldsOf, isBeside, isFields, Lines, NotOfForm, writeRest } from "./lines.ts";
import { listingLines } from "./listing-lines.ts";
import { rootLines } from "./root-lines.ts";
import { targetsLines } from "./targets-lines.ts";

/** One thing that a signature changes. */
export type Difference =
  | { readonly kind: "added"; readonly subject: string; readonly after: Json }
  | { readonly kind: "removed"; readonly subject: string; readonly before: Json }
  | { readonly kind: "changed"; readonly subject: string; readonly before: Json; readonly after: Json };

interface Writer {
  readonly decoder: Decoder<unknown>;
  write(lines: Lines, document: Fields): void;
}

/** How the lines of each kind of document are written. Any other kind, and what is not of the form of its kind, is shown field by field. */
const writers: ReadonlyMap<Json | undefined, Writer> = new Map([
  ["root", { decoder: root, write: rootLines }],
  ["targets", { decoder: targets, write: targetsLines }],
  ["snapshot", { decoder: snapshot, write: listingLines }],
  ["timestamp", { decoder: timestamp, write: listingLines }],
]);

/**
 * All that changes from one message to the next, both canonical: for a person who is about to sign, in the order of subjects. Nothing that is signed is
 * left out: where the messages differ, there is a difference. `undefined` before a first version.
 */
export function differencesOf(
  before: Uint8Array | undefined,
  after: Uint8Array,
  beside: { readonly before?: Beside; readonly after?: Beside } = {},
): readonly Difference[] {
  const was = before === undefined ? new Map<string, Json>() : linesOf(before, beside.before);
  const is = linesOf(after, beside.after);
  const subjects = [...new Set([...was.keys(), ...is.keys()])].sort();
  const changed = subjects.filter((subject) => !isSame(was.get(subject), is.get(subject)));
  return changed.flatMap((subject): readonly Difference[] => {
    const [old, next] = [was.get(subject), is.get(subject)];
    if (isBeside(subject, changed)) return [];
    if (next === undefined) return old === undefined ? [] : [{ kind: "removed", subject, before: old }];
    return old === undefined ? [{ kind: "added", subject, after: next }] : [{ kind: "changed", subject, before: old, after: next }];
  });
}

function isSame(one: Json | undefined, other: Json | undefined): boolean {
  return one !== undefined && other !== undefined && canonicalText(one) === canonicalText(other);
}

/** All that a message says. No two messages have the same lines. */
export function linesOf(message: Uint8Array, beside: Beside = {}): Lines {
  const document = signedJson({ message });
  const lines = linesOfKind(document) ?? new Lines();
  if (lines.size === 0) writeRest(lines, "", isFields(document) ? document : { document });
  besideLines(lines, beside);
  return lines;
}

/** Undefined where it is not of the form of its kind, or cannot be shown so without something being left out. */
function linesOfKind(document: Json): Lines | undefined {
  const writer = isFields(document) ? writers.get(document["_type"]) : undefined;
  if (writer === undefined || !decode(writer.decoder, document, "document").ok) return undefined;
  const lines = new Lines();
  try {
    writer.write(lines, fieldsOf(document));
    return lines;
  } catch (error) {
    if (error instanceof NotOfForm) return undefined;
    throw error;
  }
}
