// SPDX-License-Identifier: Apache-2.0
import { type Root, root } from "@countersign/trust/anchor/root";
import { decodeBytes } from "@countersign/trust/decode";
import { type Policy, policy } from "@countersign/trust/policy/policy";
import type { Outcome } from "@countersign/trust/refusal";
import { seedIn } from "./corpus.ts";
import { readHonest } from "./signed-document.ts";

/** The root of the world that the corpus comes from: what everything else is verified against. */
export function anchorRoot(): Root {
  return readHonest(root, seedIn("root")).signed;
}

/** Its policy. */
export function anchorPolicy(): Policy {
  return value(decodeBytes(policy, seedIn("policy"), "the policy of the corpus"));
}

/** A value that is there, as long as the corpus is. */
export function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`the corpus does not fit the code: ${outcome.refusal.expected}, found ${outcome.refusal.found}`);
  return outcome.value;
}
