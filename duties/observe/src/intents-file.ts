// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { errorText } from "@countersign/daemon/event";
import { array, closed, type Decoder, dateTime, decodeBytes, literal, name, text } from "@countersign/trust/decode";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";

/** A release that the security team knows of: which version, and from when to when it may enter the ledger. See docs/intents.md. */
export interface DeclaredIntent {
  readonly product: string;
  readonly channel: string;
  readonly version: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

/** The file: closed JSON, which nobody signs, because it does not leave the machine of those who wrote it. */
export interface Intents {
  readonly _type: "intents";
  readonly spec: "countersign/1";
  readonly intents: readonly DeclaredIntent[];
}

export const intents: Decoder<Intents> = closed<Intents>({
  _type: literal("intents"),
  spec: literal("countersign/1"),
  intents: array(closed<DeclaredIntent>({ product: name, channel: name, version: text, notBefore: dateTime, notAfter: dateTime })),
});

/** Reads it anew: who plans a release writes it there while the observer runs. */
export async function readIntents(file: string): Promise<Outcome<readonly DeclaredIntent[]>> {
  const bytes = await readFile(file).then(accept, (error) =>
    refuse("intents-missing", `the file ${file}`, errorText(error), "Write it, or take it out of the configuration."),
  );
  if (!bytes.ok) return bytes;
  const read = decodeBytes(intents, bytes.value, file);
  return read.ok ? accept(read.value.intents) : read;
}
