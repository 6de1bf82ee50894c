// SPDX-License-Identifier: Apache-2.0
import type { Chance } from "../chance.ts";

/** Makes new input from one that is known, and a second one to take pieces from. Neither is changed. */
export type Mutation = (input: Buffer, chance: Chance, other: Buffer) => Buffer;

const interesting = [
  0x00, 0x01, 0x09, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0xc0, 0xed, 0xff,
];

/** Replaces `input[start, end)`. */
export function replaced(input: Buffer, start: number, end: number, by: Uint8Array): Buffer {
  return Buffer.concat([input.subarray(0, start), by, input.subarray(end)]);
}

/** A start and an end within `length`, close together more often than not. */
function span(length: number, chance: Chance): readonly [number, number] {
  const start = chance.below(length + 1);
  const most = chance.oneIn(3) ? length - start : Math.min(16, length - start);
  return [start, start + chance.below(most + 1)];
}

const flipBit: Mutation = (input, chance) => {
  const output = Buffer.from(input);
  const at = chance.below(output.length);
  output[at] = (output[at] ?? 0) ^ (1 << chance.below(8));
  return output;
};

const setByte: Mutation = (input, chance) => {
  const output = Buffer.from(input);
  output[chance.below(output.length)] = chance.pick(interesting);
  return output;
};

const insert: Mutation = (input, chance) => {
  const at = chance.below(input.length + 1);
  return replaced(input, at, at, Buffer.from([chance.oneIn(2) ? chance.pick(interesting) : chance.below(256)]));
};

const remove: Mutation = (input, chance) => replaced(input, ...span(input.length, chance), Buffer.alloc(0));

const truncate: Mutation = (input, chance) => input.subarray(0, chance.below(input.length));

const repeat: Mutation = (input, chance) => {
  const [start, end] = span(input.length, chance);
  return replaced(input, end, end, input.subarray(start, end));
};

/** A piece of another input over a piece of this one. */
const splice: Mutation = (input, chance, other) =>
  replaced(input, ...span(input.length, chance), other.subarray(...span(other.length, chance)));

/** The head of one, the tail of the other. */
const cross: Mutation = (input, chance, other) =>
  Buffer.concat([input.subarray(0, chance.below(input.length)), other.subarray(chance.below(other.length))]);

const swap: Mutation = (input, chance) => {
  const [start, end] = span(input.length, chance);
  const to = chance.below(input.length - (end - start) + 1);
  return replaced(replaced(input, start, end, Buffer.alloc(0)), to, to, input.subarray(start, end));
};

/** What can be done to any bytes. */
export const byteMutations: readonly Mutation[] = [flipBit, setByte, insert, remove, truncate, repeat, splice, cross, swap];
