// SPDX-License-Identifier: Apache-2.0
import type { Chance } from "../chance.ts";
import type { Target } from "../target.ts";
import { byteMutations } from "./bytes.ts";
import { jsonMutations } from "./json.ts";
import { type JsonSpans, jsonSpans } from "./json-spans.ts";
import { textMutations } from "./text.ts";

/** No input grows beyond this. */
const maximumBytes = 64 * 1024;

/** An input that others are made from. */
export class Parent {
  readonly bytes: Buffer;
  #parts: JsonSpans | undefined | "unread" = "unread";

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes);
  }

  /** Its parts, found once; undefined where it is no JSON. */
  get parts(): JsonSpans | undefined {
    if (this.#parts === "unread") this.#parts = jsonSpans(this.bytes);
    return this.#parts;
  }
}

/** A new input from a parent, by one mutation that fits its form or by a few. */
export function mutate(parent: Parent, form: Target["form"], chance: Chance, other: Parent): Buffer {
  const { parts } = parent;
  const whole = form === "json" && parts !== undefined && !chance.oneIn(5);
  let output = whole
    ? chance.pick(jsonMutations)(parent.bytes, parts, chance, other.bytes)
    : blunt(parent.bytes, form, chance, other.bytes);
  while (chance.oneIn(4)) {
    const again = form === "json" && chance.oneIn(2) ? jsonSpans(output) : undefined;
    output =
      again === undefined ? blunt(output, form, chance, other.bytes) : chance.pick(jsonMutations)(output, again, chance, other.bytes);
  }
  return output.subarray(0, maximumBytes);
}

function blunt(input: Buffer, form: Target["form"], chance: Chance, other: Buffer): Buffer {
  if (input.length === 0) return other;
  const mutations = form !== "bytes" && chance.oneIn(2) ? textMutations : byteMutations;
  return chance.pick(mutations)(input, chance, other);
}
