// SPDX-License-Identifier: Apache-2.0
import { array, closed, type Decoder, digest, integer, name, nullable, optional, record, text } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import type { KnownList } from "@countersign/trust/revocation/checks";
import { type Denial, denial, rememberedDenial } from "@countersign/trust/revocation/list";

/** What a device never forgets, besides the documents themselves. All of it only ever grows. */
export interface Memory {
  /** The largest checkpoint verified, as its note; null before the first. */
  readonly checkpoint: string | null;
  /** The latest witnessed time seen, Unix seconds. The system clock cannot move it. */
  readonly time: number;
  /** Releases of a lower epoch are never run here again. Raised only by a confirmed release. */
  readonly epochFloor: number;
  readonly sequenceFloor: number;
  /**
   * Every denial that was ever verified, by the key of its revoker: so that no key, not even one that was stolen from a revoker, takes the room of another.
   * What earlier updaters remembered stays under the revoker's name.
   */
  readonly denials: Readonly<Record<string, readonly Denial[]>>;
  /** The newest list of each revoker that was ever verified, by its key. */
  readonly lists: Readonly<Record<string, KnownList>>;
  /** Releases that were unwell here, and when, by witnessed time: not tried again by themselves, but after a `resume` order that is later. */
  readonly unwell: Readonly<Record<string, number>>;
  /** The policy that cools off, and the earliest time since which any proof showed it public: a later proof makes it no younger. */
  readonly cooling?: CoolingPolicy | undefined;
  /** The channel whose file is kept. */
  readonly channel?: string | undefined;
}

export interface CoolingPolicy {
  readonly policy: Digest;
  /** Witnessed, Unix seconds. */
  readonly since: number;
}

/** How many denials by one key a device keeps. Beyond that it keeps the older ones, and that key's lists do not count as heard any more. */
export const denialsOfOne = 4000;

/** The union of all denials: any one of them is enough to stop what it names. */
export function allDenials({ denials }: Pick<Memory, "denials">): readonly Denial[] {
  return Object.values(denials).flat();
}

export const newborn: Memory = { checkpoint: null, time: 0, epochFloor: 0, sequenceFloor: 0, denials: {}, lists: {}, unwell: {} };

const common = { checkpoint: nullable(text), time: integer(0), epochFloor: integer(0), sequenceFloor: integer(0) } as const;

const presentMemory: Decoder<Memory> = closed<Memory>({
  ...common,
  denials: record(name, array(denial, 0, denialsOfOne)),
  lists: record(text, closed<KnownList>({ version: integer(0), time: integer(0) })),
  unwell: record(digest, integer(0)),
  cooling: optional(closed<CoolingPolicy>({ policy: digest, since: integer(0) })),
  channel: optional(name),
});

/** Memory as the first updaters wrote it. */
const firstMemory = closed({
  ...common,
  denials: record(name, array(rememberedDenial, 0, denialsOfOne)),
  listTimes: record(text, integer(0)),
  unwell: array(digest),
});

/** Reads a memory, also one of before: every denial and every floor is kept; which lists were heard is learned again at the next check. */
export const memory: Decoder<Memory> = (value, at) => {
  if (typeof value !== "object" || value === null || !("listTimes" in value)) return presentMemory(value, at);
  const { listTimes: _, unwell, ...kept } = firstMemory(value, at);
  return { ...kept, lists: {}, unwell: Object.fromEntries(unwell.map((release) => [release, kept.time])) };
};
