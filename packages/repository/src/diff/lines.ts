// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";

/** Everything that a document says, a line a thing: what it is about, and what is said of it. */
export type Lines = Map<string, Json>;

export type Fields = Readonly<Record<string, Json>>;

/** The fields of an object, and none of anything else. */
export function fieldsOf(value: Json | undefined): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The items of an array, and none of anything else. */
export function itemsOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** Writes a value of any shape under a subject, so that no two values make the same lines: what nobody knows a better way to show is shown like this. */
export function writeAll(lines: Lines, subject: string, value: Json): void {
  const inside = Array.isArray(value) ? value.map((item, index) => [String(index), item] as const) : Object.entries(fieldsOf(value));
  if (inside.length === 0 || (Array.isArray(value) && value.every((item) => typeof item !== "object"))) lines.set(subject, value);
  else for (const [name, item] of inside) writeAll(lines, `${subject} › ${word(name)}`, item);
}

/** Like `writeAll` for each of these fields; a decoded document leaves out what is undefined. */
export function writeRest(lines: Lines, subject: string, rest: Readonly<Record<string, Json | undefined>>): void {
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) writeAll(lines, `${subject}${word(name)}`, value);
}

/** A name as it is; in quotes where it could be taken for more than a name. */
export function word(name: string): string {
  return /^[\w.@/+*-]+$/.test(name) ? name : JSON.stringify(name);
}
