// SPDX-License-Identifier: Apache-2.0
import { canonicalBytes, type Json } from "@countersign/trust/canonical";
import { compareNames } from "@countersign/trust/names";
import { members } from "./span.ts";

/** One member of a document that gets another value, or none any more. Objects on the way to it that are missing are made. */
export interface Change {
  readonly path: readonly [string, ...string[]];
  readonly value: Json | undefined;
}

/**
 * A document with these members changed: canonical bytes in, canonical bytes out. Everything that no change names stays to the byte, fields that nobody
 * here knows included, and is neither decoded nor built again: setting one of 16,384 members costs one pass over the bytes. Of two changes to one member
 * the later holds; a change inside of what another one replaces throws.
 */
export function splice(document: Uint8Array, changes: readonly Change[]): Uint8Array {
  return changes.length === 0 ? document : edited(document, 0, treeOf(changes));
}

/** What becomes of a member: another value, none, or changes inside of it. */
type Edit = { readonly value: Json | undefined } | { readonly inside: Map<string, Edit> };

function treeOf(changes: readonly Change[]): Map<string, Edit> {
  const tree = new Map<string, Edit>();
  for (const { path, value } of changes) {
    const name = path.at(-1) ?? "";
    let level = tree;
    for (const step of path.slice(0, -1)) {
      const known = level.get(step) ?? { inside: new Map<string, Edit>() };
      if (!("inside" in known)) throw new TypeError(`a change inside of ${step}, which another change replaces`);
      level.set(step, known);
      level = known.inside;
    }
    const known = level.get(name);
    if (known !== undefined && "inside" in known) throw new TypeError(`a change of ${name}, inside of which there is another`);
    level.set(name, { value });
  }
  return tree;
}

const [OPEN, CLOSE, COMMA, COLON, EMPTY] = ["{", "}", ",", ":", "{}"].map((text) => Buffer.from(text)) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];

/** The object at `at` with its edits. Members that stay are copied in one piece from one edit to the next. */
function edited(bytes: Uint8Array, at: number, edits: ReadonlyMap<string, Edit>): Uint8Array {
  const waiting = [...edits]
    .map(([name, edit]) => ({ name: canonicalBytes(name), edit }))
    .sort((a, b) => compareNames(a.name, 0, b.name, 0));
  const pieces: Uint8Array[] = [OPEN];
  const put = (...piece: readonly Uint8Array[]): void => {
    if (pieces.length > 1) pieces.push(COMMA);
    pieces.push(...piece);
  };
  let [from, to] = [0, 0]; // the members that stay, since the last edit
  const keep = (): void => {
    if (to > from) put(bytes.subarray(from, to));
    from = to;
  };
  let place = 0;
  let next = waiting[place];
  const insertBefore = (isBefore: (name: Uint8Array) => boolean): void => {
    for (; next !== undefined && isBefore(next.name); next = waiting[++place]) {
      const made = valueAfter(EMPTY, 0, next.edit);
      if (made === undefined) continue;
      keep();
      put(next.name, COLON, made);
    }
  };
  for (const member of members(bytes, at)) {
    insertBefore((name) => compareNames(bytes, member.start, name, 0) > 0);
    if (next !== undefined && compareNames(bytes, member.start, next.name, 0) === 0) {
      keep();
      const made = valueAfter(bytes, member.value, next.edit);
      if (made !== undefined) put(bytes.subarray(member.start, member.value), made);
      next = waiting[++place];
      from = to = member.end;
    } else {
      if (from === to) from = member.start;
      to = member.end;
    }
  }
  insertBefore(() => true);
  keep();
  pieces.push(CLOSE);
  return Buffer.concat(pieces);
}

/** What a member becomes, whose value is the one at `at` now; undefined where it is to go. */
function valueAfter(bytes: Uint8Array, at: number, edit: Edit): Uint8Array | undefined {
  if ("inside" in edit) return edited(bytes, at, edit.inside);
  return edit.value === undefined ? undefined : canonicalBytes(edit.value);
}
