// SPDX-License-Identifier: Apache-2.0
import type { Json } from "./canonical.ts";
import { type Digest, isDigest } from "./digest.ts";
import { parseJson } from "./json.ts";
import { defaultLimits } from "./limits.ts";
import { accept, type Outcome, refuse } from "./refusal.ts";

/** Turns untyped data into a `T`, or throws `Malformed`; only `decode` and `decodeBytes` run one, and they return a refusal. */
export type Decoder<T> = (value: unknown, at: string) => T;

export class Malformed extends Error {
  override readonly name = "Malformed";
  readonly expected: string;
  readonly found: string;

  constructor(at: string, expected: string, value: unknown) {
    const place = at.slice(0, 200); // names in it are the document's
    super(`${place || "the document"}: expected ${expected}`);
    this.expected = `${expected} at ${place || "the top"}`;
    this.found = describe(value);
  }
}

/** Short, whatever the document holds. */
function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 120));
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** Runs a decoder. What does not fit is a refusal; `what` names the document in it. */
export function decode<T>(decoder: Decoder<T>, value: unknown, what: string): Outcome<T> {
  try {
    return accept(decoder(value, ""));
  } catch (error) {
    if (error instanceof Malformed)
      return refuse(
        "malformed-document",
        `${what}: ${error.expected}`,
        error.found,
        "Fetch it again; if it stays so, whoever wrote it must write it again.",
      );
    throw error;
  }
}

/** Like `decode`, from the bytes of one strict JSON document. */
export function decodeBytes<T>(decoder: Decoder<T>, bytes: Uint8Array, what: string): Outcome<T> {
  const json = parseJson(bytes, defaultLimits);
  return json.ok ? decode(decoder, json.value, what) : json;
}

export const text: Decoder<string> = (value, at) => {
  if (typeof value !== "string") throw new Malformed(at, "a string", value);
  return value;
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

/** RFC 3339 in UTC to the second, as TUF writes dates (TUF 4.2.1); a date that the calendar does not have is refused. */
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
    for (const [name, item] of Object.entries(fields(value, at))) table[key(name, `${at}.${name}`)] = decoder(item, `${at}.${name}`);
    return table;
  };
}

type Shape<T> = { readonly [K in keyof T]-?: Decoder<T[K]> };

/** A document of our own: a field that the reader does not know might be the one that matters, so it is refused. */
export function closed<T>(shape: Shape<T>): Decoder<T> {
  const read = open(shape);
  return (value, at) => {
    const unknown = Object.keys(fields(value, at)).find((field) => !Object.hasOwn(shape, field));
    if (unknown !== undefined) throw new Malformed(at, `no field but ${Object.keys(shape).join(", ")}`, unknown);
    return read(value, at);
  };
}

/** A TUF document: fields that the specification does not name are allowed and kept in the signed bytes (TUF 4.1). */
export function open<T>(shape: Shape<T>): Decoder<T> {
  return (value, at) => {
    const given = fields(value, at);
    const decoded: Record<string, unknown> = {};
    for (const field of Object.keys(shape) as (keyof T & string)[]) {
      const item = shape[field](given[field], at ? `${at}.${field}` : field);
      if (item !== undefined) decoded[field] = item;
    }
    return decoded as T;
  };
}

function fields(value: unknown, at: string): Readonly<Record<string, Json>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Malformed(at, "an object", value);
  return value as Readonly<Record<string, Json>>;
}
