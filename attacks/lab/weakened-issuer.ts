// SPDX-License-Identifier: Apache-2.0
// An issuer's process as an attacker wishes it: CONFIG [CHECK...] runs the shipped issuer without these checks.
import type { IssuerChecks } from "@countersign/build/issuer/issue";
import { issuerChecks } from "@countersign/build/issuer/issuer-checks";
import { runIssuer } from "@countersign/build/issuer/run-issuer";
import type { Check } from "@countersign/trust/check";

const without = process.argv.slice(3);
const left = <S>(list: readonly Check<S>[]): readonly Check<S>[] => list.filter(({ name }) => !without.includes(name));
const { request, token, job, proof, grant } = issuerChecks;
const weakened: IssuerChecks = {
  request: left(request),
  token: (pin) => left(token(pin)),
  job: left(job),
  proof: left(proof),
  grant: left(grant),
};

runIssuer(weakened);
