// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { canonicalBytes, type Json } from "./canonical.ts";
import { plain } from "./canonical-reader.ts";
import { readJson } from "./json.ts";
import { defaultLimits } from "./limits.ts";

/**
 * Holds the reader against the reference: both refuse, or both read the same, from its canonical form; which is the very bytes where they
 * are that, and only there. Tells which it was.
 */
export function likeReference(bytes: Uint8Array): "refused" | "read" | "canonical" {
  const read = readJson(bytes, defaultLimits);
  const expected = referenceJson(bytes);
  assert.equal(read.ok, expected !== undefined, Buffer.from(bytes).toString("latin1").slice(0, 200));
  if (!read.ok || expected === undefined) return "refused";
  assert.deepEqual(plain(read.value.value), expected);
  const form = Buffer.from(canonicalBytes(expected));
  assert.deepEqual(Buffer.from(read.value.form), form);
  assert.equal(read.value.form === bytes, form.equals(bytes));
  return form.equals(bytes) ? "canonical" : "read";
}

/**
 * Strict JSON as one would write it without thought of speed: what the readers of this room are held against. Undefined for all that is
 * refused. `JSON.parse` sees single strings and numbers only: whole objects it reads wrongly in Node 24 (see json.test.ts).
 */
export function referenceJson(bytes: Uint8Array, depth = 32): Json | undefined {
  const text = Buffer.from(bytes).toString();
  if (Buffer.compare(Buffer.from(text), bytes) !== 0) return undefined; // not UTF-8
  try {
    const tokens = text.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+|\s+|"/gsu) ?? [];
    if (tokens.some((token) => /^\s/u.test(token) && !/^[ \t\r\n]+$/.test(token))) return undefined;
    const rest = tokens.filter((token) => !/^\s/u.test(token)).reverse();
    const value = readValue(rest, depth);
    return rest.length === 0 ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function readValue(rest: string[], depth: number): Json {
  if (depth < 0) throw new SyntaxError("too deep");
  const token = rest.pop() ?? "";
  if (token === "[") return list(rest, "]", () => readValue(rest, depth - 1));
  if (token === "{") {
    const members = list(rest, "}", () => [stringOf(rest.pop() ?? ""), rest.pop(), readValue(rest, depth - 1)] as const);
    if (members.some(([name, colon]) => colon !== ":" || name === "__proto__")) throw new SyntaxError("no member");
    if (new Set(members.map(([name]) => name)).size !== members.length) throw new SyntaxError("a name twice");
    return Object.fromEntries(members.map(([name, , value]) => [name, value]));
  }
  if (token.startsWith('"')) return stringOf(token);
  if (!/^(?:true|false|null|0|-?[1-9]\d*)$/.test(token)) throw new SyntaxError("no value");
  const value = JSON.parse(token) as Json;
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new SyntaxError("no safe integer");
  return value;
}

function list<T>(rest: string[], end: string, item: () => T): T[] {
  const items: T[] = [];
  if (rest.at(-1) === end) {
    rest.pop();
    return items;
  }
  for (;;) {
    items.push(item());
    const next = rest.pop();
    if (next === end) return items;
    if (next !== ",") throw new SyntaxError("no comma");
  }
}

function stringOf(token: string): string {
  if (!token.startsWith('"')) throw new SyntaxError("no string");
  const value = JSON.parse(token) as string;
  if (!value.isWellFormed()) throw new SyntaxError("half of a surrogate pair");
  return value;
}
