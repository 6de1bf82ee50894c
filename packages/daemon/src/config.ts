// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";

/** Reads one value of a configuration, or says what it should have been. */
export type Field<T> = (value: unknown) => Outcome<T>;

/** Reads a configuration object: every field must be there and be right, and a key that nobody reads is an error. */
export function parseFields<T extends object>(json: unknown, fields: { readonly [K in keyof T]: Field<T[K]> }): Outcome<T> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return malformed("a JSON object", typeof json);
  const given = new Map<string, unknown>(Object.entries(json));
  const unknown = [...given.keys()].find((key) => !Object.hasOwn(fields, key));
  if (unknown !== undefined) return malformed(`only ${Object.keys(fields).join(", ")}`, unknown);
  const parsed: Partial<T> = {};
  for (const key in fields) {
    const value = fields[key](given.get(key));
    if (!value.ok) return refuse(value.refusal.code, value.refusal.expected, `${key}: ${value.refusal.found}`, value.refusal.remedy);
    parsed[key] = value.value;
  }
  return accept(Object.freeze(parsed) as T); // every field of T has been read
}

/** A text that is not empty. */
export const text: Field<string> = (value) =>
  typeof value === "string" && value !== "" ? accept(value) : malformed("a text", JSON.stringify(value) ?? "nothing");

/** A whole number in these bounds. */
export function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): Field<number> {
  return (value) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most
      ? accept(value)
      : malformed(`a whole number from ${least} to ${most}`, JSON.stringify(value) ?? "nothing");
}

/** A TCP port; 0 is any free one. */
export const port: Field<number> = whole(0, 65_535);

/** A text that a parser of its own reads, such as a vkey. */
export function parsed<T>(parse: (value: string) => Outcome<T>): Field<T> {
  return (value) => {
    const read = text(value);
    return read.ok ? parse(read.value) : read;
  };
}

/** A list, in which every item is read alike. */
export function list<T>(item: Field<T>): Field<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) return malformed("a list", JSON.stringify(value) ?? "nothing");
    const items: T[] = [];
    for (const each of value) {
      const read = item(each);
      if (!read.ok) return read;
      items.push(read.value);
    }
    return accept(items);
  };
}

function malformed(expected: string, found: string): Outcome<never> {
  return refuse("config-malformed", expected, found, "correct the configuration file");
}
