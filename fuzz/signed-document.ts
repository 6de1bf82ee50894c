// SPDX-License-Identifier: Apache-2.0
import type { Decoder } from "@countersign/trust/decode";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { type Authority, signersOf } from "@countersign/trust/quorum";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { naiveMember } from "./oracle.ts";
import { type Examine, promised } from "./target.ts";

/** A kind of signed document: who reads it, whose signatures count, and what a program does with one that it has read. */
export interface SignedKind<T> {
  readonly decoder: Decoder<T>;
  readonly authority: Authority;
  readonly use?: (document: T) => Outcome<unknown>;
}

/**
 * Reads a signed document and counts its signers. What is promised: the message is the canonical form of what stands in the bytes, as another
 * reader sees it; and a document that enough keys signed says what an honest one says, to the byte.
 */
export function examineSigned<T>({ decoder, authority, use }: SignedKind<T>, seeds: readonly Uint8Array[]): Examine {
  const messages = new Set(seeds.map((seed) => text(readHonest(decoder, seed).message)));
  return (input) => {
    const read = readEnvelope(decoder, input, "input");
    if (!read.ok) return read;
    const message = text(read.value.message);
    promised(message === naiveMember(input, "signed"), "the message is not the canonical form of what stands there");
    const used = use?.(read.value.signed);
    const signers = signersOf(read.value, authority);
    if (signers.length < authority.threshold) return used?.ok === false ? used : unsigned(authority, signers.length);
    promised(messages.has(message), "a document that nobody signed is trusted");
    return accept(read.value);
  };
}

export function readHonest<T>(decoder: Decoder<T>, seed: Uint8Array): Envelope<T> {
  const read = readEnvelope(decoder, seed, "seed");
  if (!read.ok) throw new Error(`a seed is refused: ${read.refusal.expected}, found ${read.refusal.found}`);
  return read.value;
}

function unsigned({ threshold }: Authority, signers: number): Outcome<never> {
  return refuse("threshold-not-met", `${threshold} signatures`, `${signers}`, "none");
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
