// SPDX-License-Identifier: Apache-2.0
import type { Json } from "../canonical.ts";
import { array, type Decoder, digest, Malformed, open, optional, record, text } from "../decode.ts";
import type { Digest } from "../digest.ts";

/** What a DSSE envelope over an in-toto statement says it holds. */
export const inTotoPayloadType = "application/vnd.in-toto+json";

export type StatementType = "https://in-toto.io/Statement/v1";

/** Whatever a statement is about, by its digest (in-toto Statement v1, `subject`). */
export interface Subject {
  readonly name?: string | undefined;
  readonly digest: { readonly sha256: Digest };
}

/** Something that a statement refers to (in-toto ResourceDescriptor v1). */
export interface ResourceDescriptor {
  readonly uri?: string | undefined;
  readonly digest?: Readonly<Record<string, string>> | undefined;
}

/** Subjects that have no SHA-256 are refused: nothing else names an artifact here. */
export const subjects: Decoder<readonly Subject[]> = array(
  open<Subject>({ name: optional(text), digest: open({ sha256: digest }) }),
  1,
  1024,
);

export const resources: Decoder<readonly ResourceDescriptor[]> = array(
  open<ResourceDescriptor>({ uri: optional(text), digest: optional(record(text, text)) }),
  0,
  1024,
);

/** Any JSON that has a canonical form, nested as it may be. */
export const json: Decoder<Json> = (value, at) => {
  if (value === null || typeof value === "boolean" || typeof value === "string" || Number.isSafeInteger(value)) return value as Json;
  if (Array.isArray(value)) return value.map((item, index) => json(item, `${at}[${index}]`));
  if (typeof value === "object") return record(text, json)(value, at);
  throw new Malformed(at, "text, an integer, true, false, null, an array or an object", value);
};
