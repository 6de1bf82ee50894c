// SPDX-License-Identifier: Apache-2.0
// A signer's process as an attacker wishes it: CONFIG [CHECK...] runs the shipped signer on its list without these checks.
import { signerChecks } from "@countersign/sign/checks";
import { runSigner } from "@countersign/sign/signer";

const without = process.argv.slice(3);
for (const name of without) if (!signerChecks.some((check) => check.name === name)) throw new Error(`the signer has no check ${name}`);

runSigner(signerChecks.filter(({ name }) => !without.includes(name)));
