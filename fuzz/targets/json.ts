// SPDX-License-Identifier: Apache-2.0
import { canonicalBytes, servedBytes } from "@countersign/trust/canonical";
import { parseJson } from "@countersign/trust/json";
import { defaultLimits } from "@countersign/trust/limits";
import { naiveCanonical, naiveParse } from "../oracle.ts";
import { promised, type Target } from "../target.ts";

/** The strict reader reads what another reader does, and its canonical form is the specification's and stays as it is. */
export const json: Target = {
  name: "json",
  corpus: ["root", "statement", "policy", "order", "snapshot"],
  form: "json",
  turn: 1000,
  prepare: () => (input) => {
    const read = parseJson(input, defaultLimits);
    if (!read.ok) return read;
    const canonical = text(canonicalBytes(read.value));
    promised(canonical === naiveCanonical(naiveParse(text(input))), "two readers disagree");
    const again = parseJson(servedBytes(read.value), defaultLimits);
    promised(again.ok && text(canonicalBytes(again.value)) === canonical, "what is served does not read back");
    return read;
  },
};

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
