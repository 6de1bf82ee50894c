// SPDX-License-Identifier: Apache-2.0
import { canonicalBytes, type Json, servedForm } from "@countersign/trust/canonical";
import type { Decoder } from "@countersign/trust/decode";
import { type Envelope, readEnvelope, type Signature, signedJson } from "@countersign/trust/envelope";
import { defaultLimits, type Limits } from "@countersign/trust/limits";
import { compareNames } from "@countersign/trust/names";
import type { Outcome } from "@countersign/trust/refusal";
import { endOf, isObject, members } from "./span.ts";

const anything: Decoder<unknown> = (value) => value;

/** Reads a signed file to edit it: its `message` is what edits change, the canonical form of `signed` with all that its writers put there. Nothing is verified. */
export function readMessage(bytes: Uint8Array, what: string, limits: Limits = defaultLimits): Outcome<Envelope<unknown>> {
  return readEnvelope(anything, bytes, what, { ...limits, documentBytes: limits.targetsBytes }, "ignored");
}

/** One value of a message, with nothing else of it decoded; undefined where there is none. */
export function fieldOf(message: Uint8Array, ...path: readonly string[]): Json | undefined {
  const at = placeOf(message, ...path);
  return at === undefined ? undefined : signedJson({ message: message.subarray(at, endOf(message, at)) });
}

/** Where a value begins in a message. */
export function placeOf(message: Uint8Array, ...path: readonly string[]): number | undefined {
  let at: number | undefined = 0;
  for (const step of path) at = at === undefined ? undefined : valueIn(message, at, canonicalBytes(step));
  return at;
}

function valueIn(message: Uint8Array, at: number, name: Uint8Array): number | undefined {
  if (!isObject(message, at)) return undefined;
  for (const member of members(message, at)) if (compareNames(message, member.start, name, 0) === 0) return member.value;
  return undefined;
}

/** A field that every writer of this room puts where it stands: a number that is none is a bug or a foreign file that nobody read. */
export function versionOf(message: Uint8Array): number {
  const version = fieldOf(message, "version");
  if (typeof version !== "number") throw new TypeError("a message without a version");
  return version;
}

/** The file that is served: the same bytes as `documentBytes`, and the message in it is not decoded on the way. */
export function fileOf(message: Uint8Array, signatures: readonly Signature[]): Uint8Array {
  return Buffer.concat([
    Buffer.from('{"signatures":'),
    canonicalBytes(signatures),
    Buffer.from(',"signed":'),
    servedForm(message),
    Buffer.from("}"),
  ]);
}
