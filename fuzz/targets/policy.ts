// SPDX-License-Identifier: Apache-2.0
import { decodeBytes } from "@countersign/trust/decode";
import { policy as decoder } from "@countersign/trust/policy/policy";
import type { Target } from "../target.ts";

/** Policies. */
export const policy: Target = {
  name: "policy",
  corpus: ["policy"],
  form: "json",
  turn: 300,
  prepare: () => (input) => decodeBytes(decoder, input, "policy"),
};
