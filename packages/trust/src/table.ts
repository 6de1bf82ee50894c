// SPDX-License-Identifier: Apache-2.0
import { canonicalText, sortedNames } from "./canonical.ts";
import { plain, type Read } from "./canonical-reader.ts";
import { type Decoder, decode } from "./decoder.ts";
import { ObjectIndex } from "./object-index.ts";
import { accept, type Outcome } from "./refusal.ts";

/** The members of an object as they were read: names and values, nothing decoded. */
export interface Members {
  readonly size: number;
  has(name: string): boolean;
  /** Undefined where there is no such member. */
  get(name: string): unknown;
  /** In the order of code points. */
  names(): Iterable<string>;
  /** In the same order. */
  entries(): Iterable<readonly [string, unknown]>;
}

/**
 * A table that may be too large to decode: each entry is decoded when it is asked for, and only then refused. What nobody asks for
 * costs nothing, and spoils nothing.
 */
export interface Table<T> {
  readonly size: number;
  /** True also for an entry that `get` would refuse. */
  has(name: string): boolean;
  /** Undefined where there is no such entry; a refusal where the entry is malformed, or `name` is none that may stand in this table. */
  get(name: string): Outcome<T | undefined>;
  /** In the order of code points; as they stand, not decoded. */
  names(): Iterable<string>;
  /** All of them, in the order of names; the first that is malformed refuses the whole. */
  entries(): Outcome<readonly (readonly [string, T])[]>;
  /** The names that were in `before` and are not here, or stand here for something else, in order. Nothing is decoded to find them. */
  changedFrom(before: Table<T>): Iterable<string>;
  /** What it is a table of. */
  readonly members: Members;
}

/** A table of what `members` holds; `at` is its place in the document, for refusals. */
export function tableOver<T>(members: Members, key: Decoder<string>, item: Decoder<T>, at: string): Table<T> {
  const present: Decoder<T | undefined> = (value, place) => (value === undefined ? undefined : item(value, place));
  const read = <U>(name: string, value: unknown, decoder: Decoder<U>): Outcome<U> => {
    const place = `${at}.${name}`;
    const allowed = decode(key, name, "the name of an entry", place);
    return allowed.ok ? decode(decoder, value, "an entry", place) : allowed;
  };
  return {
    size: members.size,
    has: (name) => members.has(name),
    get: (name) => read(name, members.get(name), present),
    names: () => members.names(),
    entries() {
      const entries: (readonly [string, T])[] = [];
      for (const [name, value] of members.entries()) {
        const entry = read(name, value, item);
        if (!entry.ok) return entry;
        entries.push([name, entry.value]);
      }
      return accept(entries);
    },
    changedFrom: ({ members: before }) => changedNames(before, members),
    members,
  };
}

function changedNames(before: Members, now: Members): Iterable<string> {
  if (before === now) return [];
  if (before instanceof ObjectIndex && now instanceof ObjectIndex) return now.changedFrom(before);
  const form = (members: Members, name: string): string => canonicalText(plain(members.get(name) as Read));
  return [...before.names()].filter((name) => !now.has(name) || form(before, name) !== form(now, name));
}

/** A table of plain data, for those who write documents. */
export function tableOf<T>(record: Readonly<Record<string, T>>): Table<T> {
  return tableOver(
    plainMembers(record),
    (name) => name as string,
    (value) => value as T,
    "",
  );
}

/** The members of a plain object: its own, and none that it inherits. */
export function plainMembers(object: Readonly<Record<string, unknown>>): Members {
  const names = (): string[] => sortedNames(object);
  const get = (name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);
  return {
    size: Object.keys(object).length,
    has: (name) => Object.hasOwn(object, name),
    get,
    names,
    entries: () => names().map((name) => [name, get(name)]),
  };
}
