// SPDX-License-Identifier: Apache-2.0
import { readAttested } from "@countersign/trust/build/attested";
import { issuerOf } from "@countersign/trust/build/certificate";
import { type Dsse, dsseSignedBy, readDsse } from "@countersign/trust/build/dsse";
import type { PublicKey } from "@countersign/trust/key";
import { dutyKeyOf } from "@countersign/trust/policy/policy";
import { signersOf } from "@countersign/trust/quorum";
import { anchorPolicy, value } from "../anchor.ts";
import { promised, type Target } from "../target.ts";

/** DSSE envelopes with SLSA provenance: what a key signed, a standing one or one that an issuer certified, is what its builder said. */
export const provenance: Target = {
  name: "provenance",
  corpus: ["provenance"],
  form: "json",
  turn: 500,
  prepare: (seeds) => {
    const policy = anchorPolicy();
    const keys = new Map(Object.keys(policy.holders).map((keyid) => [keyid, dutyKeyOf(policy, keyid)]));
    const certified = ({ signatures }: Dsse): readonly PublicKey[] =>
      signatures.flatMap(({ certificate }) => {
        const issuer = certificate && keys.get(issuerOf(certificate));
        if (certificate === undefined || issuer === undefined) return [];
        const authority = { keys: { [issuerOf(certificate)]: issuer }, keyids: [issuerOf(certificate)], threshold: 1 };
        return signersOf(certificate, authority).length === 1 ? [certificate.signed.key] : [];
      });
    const payload = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
    const honest = new Set(seeds.map((seed) => payload(value(readDsse(seed)).payload)));
    return (input) => {
      const envelope = readDsse(input);
      if (!envelope.ok) return envelope;
      const read = readAttested(envelope.value);
      if (!read.ok) return read;
      const trusted = [...keys.values(), ...certified(envelope.value)].filter((key) => key !== undefined);
      if (trusted.some((key) => dsseSignedBy(envelope.value, key)))
        promised(honest.has(payload(envelope.value.payload)), "a forged attestation");
      return read;
    };
  },
};
