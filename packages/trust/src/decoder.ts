// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "./refusal.ts";

/** Turns untyped data into a `T`, or throws `Malformed`, which `decode` turns into a refusal. `at` is the place in the document. */
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

/** Runs a decoder. What does not fit is a refusal; `what` names the document in it, and `at` the place where `value` stands. */
export function decode<T>(decoder: Decoder<T>, value: unknown, what: string, at = ""): Outcome<T> {
  try {
    return accept(decoder(value, at));
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
