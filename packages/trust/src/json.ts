// SPDX-License-Identifier: Apache-2.0
import type { Json } from "./canonical.ts";
import type { Limits } from "./limits.ts";
import { accept, type Outcome, refuse } from "./refusal.ts";

/**
 * Parses one JSON document strictly: valid UTF-8 without a byte order mark, no duplicate keys, no number but a safe integer
 * (and no -0), bounded size and depth. What `JSON.parse` would quietly repair, two readers could read differently; so it is refused.
 */
export function parseJson(bytes: Uint8Array, limits: Pick<Limits, "documentBytes" | "jsonDepth">): Outcome<Json> {
  if (bytes.length > limits.documentBytes)
    return refuse(
      "document-too-large",
      `at most ${limits.documentBytes} bytes`,
      `${bytes.length} bytes`,
      "Serve the real document, or raise the limit knowingly.",
    );
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return malformed("UTF-8 text", "bytes that are not UTF-8");
  }
  try {
    return accept(new Reader(text, limits.jsonDepth).document());
  } catch (error) {
    if (error instanceof SyntaxError) return malformed("one strict JSON document", error.message);
    throw error;
  }
}

function malformed(expected: string, found: string): Outcome<never> {
  return refuse("malformed-json", expected, found, "Fetch the document again; if it stays so, its publisher must publish it again.");
}

/** A recursive-descent reader; it throws SyntaxError, which `parseJson` turns into a refusal. */
class Reader {
  readonly #text: string;
  readonly #depth: number;
  #at = 0;

  constructor(text: string, depth: number) {
    this.#text = text;
    this.#depth = depth;
  }

  document(): Json {
    const value = this.#value(0);
    this.#space();
    if (this.#at !== this.#text.length) this.#fail("text after the document");
    return value;
  }

  #value(depth: number): Json {
    if (depth > this.#depth) this.#fail(`nesting deeper than ${this.#depth}`);
    this.#space();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string();
      default:
        return this.#literal();
    }
  }

  #object(depth: number): Json {
    const members: Record<string, Json> = Object.create(null);
    this.#at++;
    if (this.#closes("}")) return { ...members };
    do {
      this.#space();
      if (this.#text[this.#at] !== '"') this.#fail("a member without a quoted name");
      const name = this.#string();
      if (name in members) this.#fail(`the name ${JSON.stringify(name.slice(0, 80))} twice in one object`);
      if (name === "__proto__") this.#fail("the name __proto__");
      this.#space();
      this.#expect(":");
      members[name] = this.#value(depth + 1);
    } while (this.#continues("}"));
    return { ...members };
  }

  #array(depth: number): Json {
    const items: Json[] = [];
    this.#at++;
    if (this.#closes("]")) return items;
    do items.push(this.#value(depth + 1));
    while (this.#continues("]"));
    return items;
  }

  #string(): string {
    const pattern = /"(?:[^"\\]|\\.)*"/y;
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0];
    if (match === undefined) return this.#fail("an unfinished string");
    this.#at += match.length;
    const value = JSON.parse(match) as string; // refuses bad escapes and raw control characters
    if (!value.isWellFormed()) this.#fail("half of a surrogate pair in a string");
    return value;
  }

  #literal(): Json {
    const pattern = /true|false|null|-?(?:0|[1-9][0-9]*)(?![0-9.eE])/y;
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0];
    if (match === undefined) return this.#fail("something that is no value (numbers are integers here)");
    const value = JSON.parse(match) as null | boolean | number;
    if (typeof value === "number" && !Number.isSafeInteger(value)) this.#fail("an integer beyond 2^53 - 1");
    if (Object.is(value, -0)) this.#fail("a second spelling of 0");
    this.#at += match.length;
    return value;
  }

  #closes(bracket: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  #continues(bracket: string): boolean {
    this.#space();
    const next = this.#text[this.#at++];
    if (next === ",") return true;
    if (next === bracket) return false;
    return this.#fail(`neither "," nor "${bracket}"`);
  }

  #expect(character: string): void {
    if (this.#text[this.#at++] !== character) this.#fail(`no "${character}"`);
  }

  #space(): void {
    while (" \t\n\r".includes(this.#text[this.#at] ?? "x")) this.#at++;
  }

  #fail(what: string): never {
    throw new SyntaxError(`${what} at character ${this.#at}`);
  }
}
