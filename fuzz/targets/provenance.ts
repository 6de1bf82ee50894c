// SPDX-License-Identifier: Apache-2.0
import { readAttested } from "@countersign/trust/build/attested";
import { dsseSignedBy, readDsse } from "@countersign/trust/build/dsse";
import { dutyKeyOf } from "@countersign/trust/policy/policy";
import { anchorPolicy, value } from "../anchor.ts";
import { promised, type Target } from "../target.ts";

/** DSSE envelopes with SLSA provenance: what a key signed is what its builder said. */
export const provenance: Target = {
  name: "provenance",
  corpus: ["provenance"],
  form: "json",
  turn: 500,
  prepare: (seeds) => {
    const policy = anchorPolicy();
    const keys = Object.keys(policy.holders).flatMap((keyid) => dutyKeyOf(policy, keyid) ?? []);
    const payload = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
    const honest = new Set(seeds.map((seed) => payload(value(readDsse(seed)).payload)));
    return (input) => {
      const envelope = readDsse(input);
      if (!envelope.ok) return envelope;
      const read = readAttested(envelope.value);
      if (!read.ok) return read;
      if (keys.some((key) => dsseSignedBy(envelope.value, key)))
        promised(honest.has(payload(envelope.value.payload)), "a forged attestation");
      return read;
    };
  },
};
