// SPDX-License-Identifier: Apache-2.0
import { buildCertificate, signedCertificate } from "@countersign/trust/build/certificate";
import { decodeBytes } from "@countersign/trust/decode";
import { dutyKeyOf } from "@countersign/trust/policy/policy";
import { anchorPolicy } from "../anchor.ts";
import { examineSigned } from "../signed-document.ts";
import type { Target } from "../target.ts";

/** Certificates of keys that were made in a job: what an issuer of the policy signed is what it said, and one signature names one issuer. */
export const certificate: Target = {
  name: "build-certificate",
  corpus: ["build-certificate"],
  form: "json",
  turn: 1000,
  prepare: (seeds) => {
    const policy = anchorPolicy();
    const keys = Object.fromEntries(
      Object.keys(policy.holders).flatMap((keyid) => {
        const key = dutyKeyOf(policy, keyid);
        return key === undefined ? [] : [[keyid, key]];
      }),
    );
    const examine = examineSigned({ decoder: buildCertificate, authority: { keys, keyids: Object.keys(keys), threshold: 1 } }, seeds);
    return (input) => {
      const read = decodeBytes(signedCertificate, input, "a certificate");
      return read.ok ? examine(input) : read;
    };
  },
};
