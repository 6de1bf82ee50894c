// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";

/** Says that a document cannot be shown as one of its kind without something being left out. */
export class NotOfForm extends Error {
  override readonly name = "NotOfForm";
}

/** Everything that a document says, a line a thing: what it is about, and what is said of it. Nothing is said twice of one thing: the first would be lost. */
export class Lines extends Map<string, Json> {
  override set(subject: string, said: Json): this {
    if (this.has(subject)) throw new NotOfForm(subject);
    return super.set(subject, said);
  }
}

export type Fields = Readonly<Record<string, Json>>;

/** The fields of an object; throws `NotOfForm` for anything else. */
export function fieldsOf(value: Json | undefined): Fields {
  if (isFields(value)) return value;
  throw new NotOfForm("an object is needed");
}

/** The fields of an object that may be missing; throws `NotOfForm` for an empty one, which is not the same and leaves no line. */
export function fieldsIfAny(value: Json | undefined): Fields {
  const fields = value === undefined ? {} : fieldsOf(value);
  if (value !== undefined && Object.keys(fields).length === 0) throw new NotOfForm("an object of some members is needed");
  return fields;
}

/** The items of an array of texts; throws `NotOfForm` for anything else. */
export function textsOf(value: Json | undefined): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new NotOfForm("texts are needed");
}

/** Whether a value is an object. */
export function isFields(value: Json | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Writes a value of any shape under a subject, so that no two values make the same lines: what nobody knows a better way to show is shown like this. */
export function writeAll(lines: Lines, subject: string, value: Json): void {
  const inside = Array.isArray(value)
    ? value.map((item, index) => [`#${index}`, item] as const)
    : Object.entries(isFields(value) ? value : {}).map(([name, item]) => [word(name), item] as const);
  if (inside.length === 0 || (Array.isArray(value) && value.every((item) => typeof item !== "object"))) lines.set(subject, value);
  else for (const [name, item] of inside) writeAll(lines, `${subject} › ${name}`, item);
}

const inOrder = ", in this order";

/**
 * Writes a list whose order has no meaning, a line an item; and where it is in another order than that of its texts, or one stands in it twice, a line
 * for that, which `isBeside` knows again.
 */
export function writeList(lines: Lines, subject: string, items: readonly string[], said: (item: string) => Json): void {
  for (const item of new Set(items)) lines.set(`${subject}: ${word(item)}`, said(item));
  if (items.some((item, index) => index > 0 && item <= (items[index - 1] ?? ""))) lines.set(subject + inOrder, items);
}

/** Whether a line tells the order of a list of which other lines tell more: nobody has to read it beside them. */
export function isBeside(line: string, others: readonly string[]): boolean {
  return line.endsWith(inOrder) && others.some((other) => other.startsWith(`${line.slice(0, -inOrder.length)}: `));
}

/** Like `writeAll` for each of these fields; a decoded document leaves out what is undefined. */
export function writeRest(lines: Lines, subject: string, rest: Readonly<Record<string, Json | undefined>>): void {
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) writeAll(lines, `${subject}${word(name)}`, value);
}

/** A name as it is; in quotes where it could be taken for more than a name. */
export function word(name: string): string {
  return /^[\w.@/+*-]+$/.test(name) ? name : JSON.stringify(name);
}
