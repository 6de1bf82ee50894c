// SPDX-License-Identifier: Apache-2.0
import { array, type Decoder, digest, open, optional, record, text } from "../decode.ts";
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
