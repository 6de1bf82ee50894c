// SPDX-License-Identifier: Apache-2.0
import { canonicalText, type Json } from "@countersign/trust/canonical";
import { signedJson } from "@countersign/trust/envelope";
import { type Beside, besideLines } from "./beside.ts";
import { type Fields, fieldsOf, type Lines, writeRest } from "./lines.ts";
import { listingLines } from "./listing-lines.ts";
import { rootLines } from "./root-lines.ts";
import { targetsLines } from "./targets-lines.ts";

/** One thing that a signature changes. */
export type Difference =
  | { readonly kind: "added"; readonly subject: string; readonly after: Json }
  | { readonly kind: "removed"; readonly subject: string; readonly before: Json }
  | { readonly kind: "changed"; readonly subject: string; readonly before: Json; readonly after: Json };

/** How the lines of each kind of document are written; every other kind is shown field by field. */
const writers: ReadonlyMap<Json | undefined, (lines: Lines, document: Fields) => void> = new Map([
  ["root", rootLines],
  ["targets", targetsLines],
  ["snapshot", listingLines],
  ["timestamp", listingLines],
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
  const was = before === undefined ? new Map<string, Json>() : linesOf(before, beside.before ?? {});
  const is = linesOf(after, beside.after ?? {});
  const subjects = [...new Set([...was.keys(), ...is.keys()])].sort();
  return subjects.flatMap((subject): readonly Difference[] => {
    const [old, next] = [was.get(subject), is.get(subject)];
    if (next === undefined) return old === undefined ? [] : [{ kind: "removed", subject, before: old }];
    if (old === undefined) return [{ kind: "added", subject, after: next }];
    return canonicalText(old) === canonicalText(next) ? [] : [{ kind: "changed", subject, before: old, after: next }];
  });
}

function linesOf(message: Uint8Array, beside: Beside): Lines {
  const document = fieldsOf(signedJson({ message }));
  const lines: Lines = new Map();
  const write = writers.get(document["_type"]);
  if (write === undefined) writeRest(lines, "", document);
  else write(lines, document);
  besideLines(lines, beside);
  return lines;
}
