// SPDX-License-Identifier: Apache-2.0
import type { Json } from "./canonical.ts";
import { plain, type Read } from "./canonical-reader.ts";
import { type Decoder, decode, Malformed } from "./decoder.ts";
import { type Digest, isDigest } from "./digest.ts";
import { readJson } from "./json.ts";
import { type DocumentLimits, defaultLimits } from "./limits.ts";
import { ObjectIndex } from "./object-index.ts";
import type { Outcome } from "./refusal.ts";
import { plainMembers, type Table, tableOver } from "./table.ts";

export { type Decoder, decode, Malformed } from "./decoder.ts";

/** Like `decode`, from the bytes of one strict JSON document. */
export function decodeBytes<T>(decoder: Decoder<T>, bytes: Uint8Array, what: string, limits: DocumentLimits = defaultLimits): Outcome<T> {
  const read = readJson(bytes, limits);
  return read.ok ? decode(decoder, read.value.value, what) : read;
}

export const text: Decoder<string> = (value, at) => {
  if (typeof value !== "string") throw new Malformed(at, "a string", value);
  return value;
};

/** Any JSON that has a canonical form, as plain data: for what is kept and not understood, or compared as a whole. */
export const json: Decoder<Json> = (value, at) => {
  if (value === undefined) throw new Malformed(at, "any JSON", value);
  try {
    return plain(value as Read);
  } catch (error) {
    if (error instanceof RangeError) throw new Malformed(at, "integers, and JSON that is not that deep", value); // which overflows the stack
    throw error;
  }
};

export const boolean: Decoder<boolean> = (value, at) => {
  if (typeof value !== "boolean") throw new Malformed(at, "true or false", value);
  return value;
};

/** A safe integer within bounds, both included. */
export function integer(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): Decoder<number> {
  return (value, at) => {
    if (!Number.isSafeInteger(value) || (value as number) < minimum || (value as number) > maximum)
      throw new Malformed(at, `an integer from ${minimum} to ${maximum}`, value);
    return value as number;
  };
}

export function matching(pattern: RegExp, description: string): Decoder<string> {
  return (value, at) => {
    if (typeof value !== "string" || !pattern.test(value)) throw new Malformed(at, description, value);
    return value;
  };
}

/** A name that can stand in a path, a URL and a file name without meaning anything there: no separator, never `.` or `..`. */
export const name: Decoder<string> = matching(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/, "a name of letters, digits and . _ + -");

export const digest: Decoder<Digest> = (value, at) => {
  if (typeof value !== "string" || !isDigest(value)) throw new Malformed(at, "a SHA-256 in 64 lower-case hex digits", value);
  return value;
};

/** Bytes, at least one of them, in their one spelling. */
export const hex: Decoder<string> = matching(/^(?:[0-9a-f]{2})+$/, "an even number of lower-case hex digits");

/** RFC 3339 in UTC to the second, as TUF writes dates (TUF 4.2.3); a date that the calendar does not have is refused. */
export const dateTime: Decoder<string> = (value, at) => {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value))
    throw new Malformed(at, "a UTC date like 2026-01-31T00:00:00Z", value);
  const time = Date.parse(value);
  if (Number.isNaN(time) || `${new Date(time).toISOString().slice(0, 19)}Z` !== value)
    throw new Malformed(at, "a date of the calendar", value);
  return value;
};

export function literal<const T extends string | number>(...allowed: readonly T[]): Decoder<T> {
  return (value, at) => {
    const match = allowed.find((candidate) => candidate === value);
    if (match === undefined) throw new Malformed(at, allowed.map((item) => JSON.stringify(item)).join(" or "), value);
    return match;
  };
}

export function nullable<T>(decoder: Decoder<T>): Decoder<T | null> {
  return (value, at) => (value === null ? null : decoder(value, at));
}

export function optional<T>(decoder: Decoder<T>): Decoder<T | undefined> {
  return (value, at) => (value === undefined ? undefined : decoder(value, at));
}

export function array<T>(decoder: Decoder<T>, minimum = 0, maximum = 10_000): Decoder<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw new Malformed(at, "an array", value);
    if (value.length < minimum || value.length > maximum)
      throw new Malformed(at, `${minimum} to ${maximum} items`, `${value.length} items`);
    return value.map((item, index) => decoder(item, `${at}[${index}]`));
  };
}

/** Like `array`, and no item stands in it twice. */
export function distinct<T extends string>(decoder: Decoder<T>, minimum = 0): Decoder<readonly T[]> {
  const items = array(decoder, minimum);
  return (value, at) => {
    const decoded = items(value, at);
    if (new Set(decoded).size !== decoded.length) throw new Malformed(at, "items that differ from one another", value);
    return decoded;
  };
}

/** A table under names of the document's own. It has no prototype: what is not in the document is not found, not even `constructor`. */
export function record<T>(key: Decoder<string>, decoder: Decoder<T>): Decoder<Readonly<Record<string, T>>> {
  return (value, at) => {
    const table: Record<string, T> = Object.create(null);
    for (const [name, item] of entriesOf(object(value, at))) table[key(name, `${at}.${name}`)] = decoder(item, `${at}.${name}`);
    return table;
  };
}

/** Like `record`, for tables that may be large: an entry is decoded, and refused if it must be, when it is asked for. */
export function table<T>(key: Decoder<string>, item: Decoder<T>): Decoder<Table<T>> {
  return (value, at) => {
    const members = object(value, at);
    return tableOver(members instanceof ObjectIndex ? members : plainMembers(members), key, item, at);
  };
}

/** A decoder for each member. */
export type Shape<T> = { readonly [K in keyof T]-?: Decoder<T[K]> };

/** A document of our own: a field that the reader does not know might be the one that matters, so it is refused. */
export function closed<T>(shape: Shape<T>): Decoder<T> {
  const read = open(shape);
  return (value, at) => {
    for (const field of namesOf(object(value, at)))
      if (!Object.hasOwn(shape, field)) throw new Malformed(at, `no field but ${Object.keys(shape).join(", ")}`, field);
    return read(value, at);
  };
}

/** A TUF document: fields that the specification does not name are allowed and kept in the signed bytes (TUF 4, preamble). */
export function open<T>(shape: Shape<T>): Decoder<T> {
  return (value, at) => {
    const given = object(value, at);
    const decoded: Record<string, unknown> = {};
    for (const field of Object.keys(shape) as (keyof T & string)[]) {
      const member = given instanceof ObjectIndex ? given.get(field) : given[field];
      const item = shape[field](member, at ? `${at}.${field}` : field);
      if (item !== undefined) decoded[field] = item;
    }
    return decoded as T;
  };
}

type Members = ObjectIndex | Readonly<Record<string, unknown>>;

function object(value: unknown, at: string): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Malformed(at, "an object", value);
  return value as Members;
}

function namesOf(members: Members): Iterable<string> {
  return members instanceof ObjectIndex ? members.names() : Object.keys(members);
}

function entriesOf(members: Members): Iterable<readonly [string, unknown]> {
  return members instanceof ObjectIndex ? members.entries() : Object.entries(members);
}
