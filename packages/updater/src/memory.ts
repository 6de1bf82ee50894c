// SPDX-License-Identifier: Apache-2.0
import { array, closed, type Decoder, digest, integer, name, nullable, record, text } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import { type Denial, denial } from "@countersign/trust/revocation/list";

/** What a device never forgets, besides the documents themselves. All of it only ever grows. */
export interface Memory {
  /** The largest checkpoint verified, as its note; null before the first. */
  readonly checkpoint: string | null;
  /** The latest witnessed time seen, Unix seconds. The system clock cannot move it. */
  readonly time: number;
  /** Releases of a lower epoch are never run here again. Raised only by a confirmed release. */
  readonly epochFloor: number;
  readonly sequenceFloor: number;
  /** Every denial that was ever verified, by its revoker: so that one revoker cannot take the room of the others. */
  readonly denials: Readonly<Record<string, readonly Denial[]>>;
  /** How new each revoker's newest verified list was: witnessed time, Unix seconds. */
  readonly listTimes: Readonly<Record<string, number>>;
  /** Releases that were unwell here; not tried again by themselves. */
  readonly unwell: readonly Digest[];
}

/** How many denials of one revoker a device keeps. Beyond that it keeps the older ones. */
export const denialsOfOne = 4000;

/** The union of all denials: any one of them is enough to stop what it names. */
export function allDenials({ denials }: Pick<Memory, "denials">): readonly Denial[] {
  return Object.values(denials).flat();
}

export const newborn: Memory = { checkpoint: null, time: 0, epochFloor: 0, sequenceFloor: 0, denials: {}, listTimes: {}, unwell: [] };

export const memory: Decoder<Memory> = closed<Memory>({
  checkpoint: nullable(text),
  time: integer(0),
  epochFloor: integer(0),
  sequenceFloor: integer(0),
  denials: record(name, array(denial, 0, denialsOfOne)),
  listTimes: record(text, integer(0)),
  unwell: array(digest),
});
