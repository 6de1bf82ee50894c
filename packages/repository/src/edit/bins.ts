// SPDX-License-Identifier: Apache-2.0
import { binOf } from "@countersign/trust/tuf/delegation";
import { delegateBins, type NewBins } from "./delegation-edits.ts";
import { firstTargets } from "./first.ts";
import { placeOf } from "./message.ts";
import { revise } from "./revise.ts";
import { members, nameOf } from "./span.ts";
import type { Change } from "./splice.ts";

/**
 * What a role becomes when its targets move into bins: itself, with none and delegating to them, and the first version of every bin, by role name. Entries move
 * as they are, and none of them is decoded.
 */
export function hashBin(name: string, targets: Uint8Array, bins: NewBins, expires: string): ReadonlyMap<string, Uint8Array> {
  const succinct = { name_prefix: bins.namePrefix, bit_length: bins.bitLength };
  const contents = new Map(binNames(bins).map((bin): [string, Uint8Array[]] => [bin, []]));
  const at = placeOf(targets, "targets");
  for (const member of at === undefined ? [] : members(targets, at))
    contents.get(binOf(succinct, nameOf(targets, member)))?.push(targets.subarray(member.start, member.end));

  const emptied: Change = { path: ["targets"], value: {} };
  const delegating = revise(targets, expires, [emptied, ...delegateBins(targets, bins)]);
  return new Map([[name, delegating], ...[...contents].map(([bin, entries]) => [bin, firstBin(entries, expires)] as const)]);
}

/** Every bin's name, first to last: its number in hex, as many digits as the last one has (TAP 15). */
function binNames({ namePrefix, bitLength }: NewBins): readonly string[] {
  const digits = Math.ceil(bitLength / 4);
  return Array.from({ length: 2 ** bitLength }, (_, bin) => `${namePrefix}-${bin.toString(16).padStart(digits, "0")}`);
}

const [COMMA, ENTRIES] = [Buffer.from(","), Buffer.from('"targets":{}')];

/** `firstTargets` with these entries, which are canonical and in order. */
function firstBin(entries: readonly Uint8Array[], expires: string): Uint8Array {
  const empty = Buffer.from(firstTargets(expires));
  const into = empty.indexOf(ENTRIES) + ENTRIES.length - 1;
  const body = entries.flatMap((entry, index) => (index === 0 ? [entry] : [COMMA, entry]));
  return Buffer.concat([empty.subarray(0, into), ...body, empty.subarray(into)]);
}
