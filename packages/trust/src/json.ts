// SPDX-License-Identifier: Apache-2.0
import type { Json } from "./canonical.ts";
import { canonicalForm } from "./canonical-form.ts";
import { CanonicalReader, NotCanonical, plain, type Read } from "./canonical-reader.ts";
import type { DocumentLimits } from "./limits.ts";
import type { ObjectIndex } from "./object-index.ts";
import { accept, type Outcome, refuse } from "./refusal.ts";
import { NotJson } from "./token-copier.ts";
import { space } from "./tokens.ts";

export type JsonLimits = Pick<DocumentLimits, "documentBytes" | "jsonDepth">;

/** A document as read from its canonical form. */
export interface CanonicalDocument {
  readonly value: Read;
  /** The canonical form: the bytes that were read where they are that, else what they were turned into. */
  readonly form: Uint8Array;
  /** Where in it the members of the outermost object are; undefined where that is none, or empty. */
  readonly members: ObjectIndex | undefined;
}

/**
 * Reads one JSON document strictly: valid UTF-8 without a byte order mark, no duplicate names, no number but a safe integer
 * (and no -0), bounded size and depth. What `JSON.parse` would quietly repair, two readers could read differently; so it is refused.
 * Bytes that are canonical as they stand are scanned once; others are brought to the canonical form once, and read from that.
 */
export function readJson(bytes: Uint8Array, limits: JsonLimits): Outcome<CanonicalDocument> {
  if (bytes.length > limits.documentBytes)
    return refuse(
      "document-too-large",
      `at most ${limits.documentBytes} bytes`,
      `${bytes.length} bytes`,
      "Serve the real document, or raise the limit knowingly.",
    );
  try {
    return accept(documentOf(bytes, space, limits));
  } catch (error) {
    if (!(error instanceof NotCanonical)) throw error;
  }
  try {
    return accept(documentOf(canonicalForm(bytes, limits.jsonDepth), 0, limits));
  } catch (error) {
    if (error instanceof NotJson)
      return refuse(
        "malformed-json",
        "one strict JSON document",
        error.message,
        "Fetch the document again; if it stays so, its publisher must publish it again.",
      );
    throw error;
  }
}

/** Like `readJson`, as plain data. */
export function parseJson(bytes: Uint8Array, limits: JsonLimits): Outcome<Json> {
  const read = readJson(bytes, limits);
  return read.ok ? accept(plain(read.value.value)) : read;
}

function documentOf(form: Uint8Array, lowest: number, limits: JsonLimits): CanonicalDocument {
  const reader = new CanonicalReader(form, { lowest, depth: limits.jsonDepth });
  const value = reader.document();
  return { value, form, members: reader.outermost };
}
